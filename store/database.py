"""One database, SQLite or PostgreSQL: its engine, its transactions, and its errors under our name."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table, create_engine, event, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from songs.errors import InvalidSettings, StoreUnavailable
from store.tables import log_head

PATIENCE = 30.0  # seconds that a writer waits for another one: on a slow disk one commit can take half a second
_CONNECT = 5  # seconds until a PostgreSQL that does not answer is given up
_AT_ONCE = 1000  # values in one IN
_SQLITE = "sqlite:///"


def sqlite_url(path: str | Path) -> str:
    """Return the address of an SQLite file; the path is taken as it is, without quoting."""
    return f"{_SQLITE}{path}"


def _address(url: str) -> URL:
    if url.startswith(_SQLITE):
        return URL.create("sqlite", database=url.removeprefix(_SQLITE))
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InvalidSettings(["DATABASE_URL: is not an address of a database"]) from error
    if parsed.get_backend_name() not in {"postgres", "postgresql"}:
        raise InvalidSettings([f"DATABASE_URL: {parsed.get_backend_name()} is neither sqlite nor postgresql"])
    return parsed.set(drivername="postgresql+psycopg")


class Database:
    """An engine whose every statement runs inside ``read`` or ``write``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        options: dict[str, Any] = {"reading": True}
        if engine.dialect.name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reader = engine.execution_options(**options)
        # SQLite's own waiting is a poll that newcomers overtake; within a process writers queue here instead
        self._turn = Lock() if engine.dialect.name == "sqlite" else None

    @classmethod
    def at(cls, url: str) -> Self:
        """Return the database at ``sqlite:///PATH``, ``postgres://`` or ``postgresql://``; nothing is opened yet.

        Raises
        ------
        InvalidSettings
            An address of another kind.
        """
        address = _address(url)
        if address.get_backend_name() == "sqlite":
            return cls(_sqlite_engine(address))
        options = f"-c lock_timeout={PATIENCE:.0f}s"
        return cls(
            create_engine(address, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT, "options": options})
        )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees the database as of one moment; raises StoreUnavailable."""
        with _translated(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose writes are kept together, or not at all; raises StoreUnavailable."""
        with self._queued(), _translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _queued(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=PATIENCE):
            raise StoreUnavailable("other writers of this process held the database for too long")
        try:
            yield
        finally:
            self._turn.release()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise StoreUnavailable(_first_line(error)) from error
    except DatabaseError as error:
        if type(error) is DatabaseError:  # SQLite's word for a file that is damaged or none of its own
            raise StoreUnavailable(_first_line(error)) from error
        raise


def _first_line(error: Exception) -> str:
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__


def _sqlite_engine(address: URL) -> Engine:
    engine = create_engine(address, connect_args={"timeout": PATIENCE, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        del record
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL, not NORMAL: after a power cut the last commits must still be there, since a follower of the change log
        # may have seen their numbers, and a number must never be given twice; an ingest takes seconds, a sync few ms
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # a writer queues for the lock at once: a reader that becomes a writer could only fail
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def upsert(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Return an INSERT that can say what is to be done on a conflict."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def numbers(connection: Connection, name: str, count: int = 1) -> int:
    """Take ``count`` numbers of a sequence and return the last one.

    The row stays locked until the transaction ends: numbers are given in the order of commits, and a transaction that
    is rolled back gives its numbers back.
    """
    taken = update(log_head).where(log_head.c.name == name).values(seq=log_head.c.seq + count).returning(log_head.c.seq)
    return int(connection.execute(taken).scalar_one())


def batches(values: Iterable[str]) -> Iterator[list[str]]:
    """Cut values into lists that fit one statement."""
    left = iter(values)
    while part := list(islice(left, _AT_ONCE)):
        yield part
