import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from heard import STRUCTURE
from songs.song import Tags
from store import open_store, sqlite_url
from store.database import Database
from store.schema import bring_up, migrate, newest, present
from store.tables import metadata
from stores import MODEL, Paths, begin, commit
from worker.ingest import settled

pytestmark = pytest.mark.service  # takes seconds or a server: make test

REVISIONS = ("0001", "0002", "0003", "0004")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    return sqlite_url(tmp_path / "rows.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def tables(url):
    database = Database.at(url)
    with database.read() as connection:
        names = set(inspect(connection).get_table_names())
    database.close()
    return names


def test_the_newest_migration_leaves_the_tables_that_the_code_knows(url):
    migrate(url)
    database = Database.at(url)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert present(connection) == newest() == REVISIONS[-1]
    database.close()


def test_open_jobs_are_unique_in_the_database_itself(url):
    migrate(url)
    database = Database.at(url)
    with database.read() as connection:
        (index,) = [i for i in inspect(connection).get_indexes("jobs") if i["name"] == "uq_jobs_open_source"]
    database.close()
    assert index["unique"]
    where = str(index["dialect_options"].get("sqlite_where", index["dialect_options"].get("postgresql_where")))
    assert "queued" in where
    assert "running" in where


def test_there_and_back_again(url):
    for revision in REVISIONS:
        migrate(url, revision)
    assert tables(url) == {*metadata.tables, "alembic_version"}
    for revision in (*reversed(REVISIONS[:-1]), "base"):
        migrate(url, revision)
    assert tables(url) == {"alembic_version"}
    migrate(url)
    assert tables(url) == {*metadata.tables, "alembic_version"}


def test_migrating_again_changes_no_row(url):
    store = open_store(url, vanished=Paths())
    store.models.activate(MODEL)
    song_id = commit(store, "/a")
    store.close()
    migrate(url)
    again = open_store(url)
    assert again.songs.song(song_id).source == "/a"
    assert again.log.head() == 1
    again.close()


def test_vectors_of_before_the_stages_are_whole_and_preliminary_ones_do_not_go_back(url):
    store = open_store(url, vanished=Paths())
    store.models.activate(MODEL)
    whole = commit(store, "/a")
    half = begin(store, "/b", sha="b").song_id
    store.close()
    migrate(url, "0001")
    again = open_store(url, vanished=Paths())
    assert again.songs.song(whole).analysed
    assert not again.songs.song(half).analysed
    assert again.songs.standing("/b").sketched == frozenset()
    assert again.log.everything()[1] == [whole]
    again.close()


def test_songs_of_before_the_courses_are_served_and_heard_again(url):
    store = open_store(url, vanished=Paths())
    store.models.activate(MODEL)
    song_id = commit(store, "/a", heard="rock", course=STRUCTURE)
    begin(store, "/b", sha="b")
    store.close()
    migrate(url, "0002")
    again = open_store(url, vanished=Paths())
    assert again.songs.song(song_id).analysed
    assert (again.songs.labels(song_id).genre.value, again.songs.structure(song_id)) == ("rock", None)
    standing = again.songs.standing("/a")
    assert not settled(standing, standing.sha256, MODEL, Tags()), "an ingest does not take it for done"
    assert again.songs.standing("/b").sketched == {MODEL}
    assert commit(again, "/a", heard="rock", course=STRUCTURE) == song_id
    assert again.songs.standing("/a").models == {MODEL}
    assert again.songs.structure(song_id) == STRUCTURE
    again.close()


def test_a_migration_that_fails_leaves_nothing(url):
    database = Database.at(url)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE models (one INTEGER)"))  # in the way of ours, which comes late
    with pytest.raises(Exception, match="already exists"):
        bring_up(database)
    database.close()
    assert tables(url) == {"models"}


def test_several_processes_start_at_once(url):
    code = f"from store import open_store; s = open_store({url!r}); s.models.activate('m'); print(s.log.head())"
    starts = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for start in starts:
        out, err = start.communicate(timeout=60)
        assert (start.returncode, out.strip()) == (0, "0"), err
    assert tables(url) == {*metadata.tables, "alembic_version"}


def test_alembic_from_the_shell(tmp_path):
    url = sqlite_url(tmp_path / "rows.db")
    ini = subprocess.run(
        [sys.executable, "-c", "from store import migrations; print(migrations.__path__[0] + '/alembic.ini')"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    for words in (["upgrade", "head"], ["check"], ["downgrade", "base"]):
        done = subprocess.run(
            [sys.executable, "-m", "alembic", "-c", ini, *words],
            env={"DATABASE_URL": url}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert tables(url) == {"alembic_version"}
