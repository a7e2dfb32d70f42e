import resource
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import text

from songs.errors import InvalidSettings, StoreUnavailable
from store import open_store, sqlite_url
from store.database import Database
from stores import MODEL, commit, queued


def test_sqlite_is_set_up_as_it_should_be(tmp_path):
    database = Database.at(sqlite_url(tmp_path / "rows.db"))
    with database.write() as connection:
        says = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in (
            "journal_mode", "synchronous", "foreign_keys", "busy_timeout",
        )}  # fmt: skip
    database.close()
    assert says == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


@pytest.mark.parametrize("name", ["a b.db", "what?.db", "100%25.db", "#1.db", "ü.db"])
def test_a_path_is_taken_as_it_is(tmp_path, name):
    open_store(sqlite_url(tmp_path / name)).close()
    assert (tmp_path / name).exists()


@pytest.mark.parametrize("url", ["", "rows.db", "mysql://host/rows", "oracle://x", "sqlite:rows.db", "http://host"])
def test_an_address_of_another_kind(url):
    with pytest.raises(InvalidSettings, match="DATABASE_URL"):
        open_store(url)


@pytest.mark.service
def test_both_names_of_postgres(postgres_url):
    assert postgres_url.startswith("postgresql://")
    for url in (postgres_url, postgres_url.replace("postgresql://", "postgres://")):
        store = open_store(url)
        assert store.log.head() == 0
        store.close()


def test_readers_see_one_moment(tmp_path):
    database = Database.at(sqlite_url(tmp_path / "rows.db"))
    with database.write() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    with database.read() as reader:
        assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 0
        with database.write() as writer:
            writer.execute(text("INSERT INTO t VALUES (1)"))
        assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 0
    with database.read() as reader:
        assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 1
    database.close()


def test_nobody_there():
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        open_store("postgresql://postgres@127.0.0.1:1/rows")
    assert time.monotonic() - began < 10


def test_no_folder(tmp_path):
    with pytest.raises(StoreUnavailable):
        open_store(sqlite_url(tmp_path / "nowhere" / "rows.db"))


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "rows.db").write_bytes(b"not a database, though long enough to look like one" * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        open_store(sqlite_url(tmp_path / "rows.db"))


def test_a_locked_database(tmp_path, monkeypatch):
    monkeypatch.setattr("store.database.PATIENCE", 0.1)
    store = open_store(sqlite_url(tmp_path / "rows.db"))
    store.jobs.add([queued("/a")])
    other = sqlite3.connect(tmp_path / "rows.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        store.jobs.add([queued("/b")])
    assert len(store.jobs.jobs()) == 1, "readers do not wait"
    other.execute("ROLLBACK")
    store.jobs.add([queued("/b")])
    other.close()
    store.close()


def test_writers_of_one_process_take_turns(tmp_path, monkeypatch):
    monkeypatch.setattr("store.database.PATIENCE", 0.1)
    database = Database.at(sqlite_url(tmp_path / "rows.db"))
    with ThreadPoolExecutor(1) as other, database.write(), pytest.raises(StoreUnavailable, match="other writers"):
        other.submit(database.write().__enter__).result()
    with database.write() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1, "the turn was given back"
    database.close()


@pytest.mark.service
def test_a_server_that_goes_and_comes_back(postgres_url):
    store = open_store(postgres_url)
    store.models.activate(MODEL)
    name = postgres_url.rpartition("/")[2]
    with psycopg.connect(postgres_url.replace(name, "postgres"), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        with pytest.raises(StoreUnavailable):
            store.models.active()
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert store.models.active() == MODEL
    store.close()


def test_a_full_disk_writes_nothing(tmp_path):
    """A process whose files may not grow any more stands for a full disk."""
    url = sqlite_url(tmp_path / "rows.db")
    store = open_store(url)
    store.jobs.add([queued("/before")])
    code = f"""
import resource, signal
from songs.errors import StoreUnavailable
from store import open_store
from stores import queued
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = open_store({url!r})
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, {resource.RLIM_INFINITY}))
try:
    store.jobs.add([queued(f"/{{n}}" * 100) for n in range(2000)])
except StoreUnavailable as error:
    print("refused:", error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.startswith("refused: the database is not available"), done.stderr
    assert [job.source for job in store.jobs.jobs()] == ["/before"]
    store.jobs.add([queued("/after")])
    store.close()


def test_a_transaction_that_is_killed_leaves_nothing(tmp_path):
    url = sqlite_url(tmp_path / "rows.db")
    store = open_store(url)
    store.models.activate(MODEL)
    commit(store, "/a")
    code = f"""
import os
from store import changes, open_store
from stores import analysis, ended, running
store = open_store({url!r})
changes.append = lambda *_: os._exit(9)  # the last step of a commit
store.songs.commit(analysis("/b"), ended(running(store, "/b")))
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, env={"PYTHONPATH": ":".join(sys.path)})
    assert done.returncode == 9
    assert store.songs.page().total == store.log.head() == 1
    assert store.songs.standing("/b") is None
    store.close()
