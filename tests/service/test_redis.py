"""The same way of a song with Redis as the broker and PostgreSQL as the store."""

import pytest

from installation import KEY, eventually
from music import catalogue

pytestmark = pytest.mark.service


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_redis_carries_the_messages(installation, tmp_path, redis_url, database, request):
    catalogue(tmp_path / "music", 4)
    installation.env["REDIS_URL"] = redis_url
    if database == "postgres":
        installation.env["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    installation.start()
    done = installation.run("ingest", tmp_path / "music")
    assert done.returncode == 0, done.stderr
    songs = installation.songs()
    assert len(songs) == 4
    hits = installation.get(f"/v1/songs/{songs['Song 000']['id']}/similar")["similar"]
    assert len(hits) == 3
    assert hits[0]["song"]["title"] == "Song 002"
    assert not any((installation.home / "broker").glob("**/*.msg")), "no message went to a folder"
    status, _, _ = installation.request(f"/v1/songs/{songs['Song 001']['id']}", "DELETE", Authorization=f"Bearer {KEY}")
    assert status == 204
    eventually(lambda: len(installation.songs()) == 3, 5)
