"""Going back to before the explanations, and coming again."""

from dataclasses import replace

import pytest

from songs.jobs import JobKind
from store import open_store, sqlite_url
from store.schema import migrate
from stores import MODEL, Paths, commit, queued

pytestmark = pytest.mark.service  # takes seconds or a server: make test


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    return sqlite_url(tmp_path / "rows.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def test_jobs_that_explain_do_not_go_back(url):
    store = open_store(url, vanished=Paths())
    store.models.activate(MODEL)
    commit(store, "/a")
    ingest, why, other = queued("/b"), *(queued("/b", kind=JobKind.EXPLAIN, label=label) for label in ("mood", "genre"))
    store.jobs.add([ingest, why, other])
    store.close()
    migrate(url, "0003")
    migrate(url)
    again = open_store(url, vanished=Paths())
    assert [job.source for job in again.jobs.jobs()] == ["/a", "/b"]
    assert {job.kind for job in again.jobs.jobs()} == {JobKind.INGEST}
    assert again.jobs.get(ingest.id) == ingest
    assert again.jobs.add([replace(ingest, id=why.id)]) == [ingest]
    again.close()
