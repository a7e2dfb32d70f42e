"""Real servers for tests, each started on a port of its own and ended with the session; see ``make test``."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from songs.identity import fresh


def need(reachable: object, service: str) -> None:
    """Skip without a service; fail where CI promised it."""
    if not reachable and os.environ.get("CI"):
        pytest.fail(f"{service} must run in CI")
    if not reachable:
        pytest.skip(f"no {service}: tests/install-services installs it")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_it_answers(server: "subprocess.Popen[bytes]", asks, errors, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(errors):
            asks()
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


@contextlib.contextmanager
def _ended(server: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        server.terminate()  # SIGTERM: PostgreSQL waits for its clients to go, so it is killed in the end
        try:
            server.wait(3)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """Run a Redis that keeps nothing, and give its address."""
    binary = shutil.which("redis-server")
    need(binary, "redis-server")
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
                stdout=output, stderr=output,
            )  # fmt: skip
        with _ended(server), redis.Redis(port=port) as client:
            _until_it_answers(server, client.ping, redis.ConnectionError, log)
            yield f"redis://127.0.0.1:{port}/0"


def _postgres_binary(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """Run a PostgreSQL whose data is gone afterwards, and give the address of its database ``postgres``."""
    initdb, binary = _postgres_binary("initdb"), _postgres_binary("postgres")
    need(initdb and binary, "PostgreSQL")
    port = _free_port()
    folder = Path(tempfile.mkdtemp(prefix="soundkin-pg-"))
    log = folder / "log"
    user = {"user": "postgres"} if os.getuid() == 0 else {}  # it refuses to run as root
    if user:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    try:
        subprocess.run(
            [initdb, "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, capture_output=True, cwd=folder, **user,
        )  # fmt: skip
        with log.open("wb") as output:
            server = subprocess.Popen(
                [binary, "-D", folder / "data", "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-F"],
                stdout=output, stderr=output, cwd=folder, **user,
            )  # fmt: skip
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        with _ended(server):
            _until_it_answers(server, lambda: psycopg.connect(url).close(), psycopg.OperationalError, log)
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_session():
    with redis_server() as url:
        yield url


@pytest.fixture
def redis_url(redis_session):
    """The address of an empty Redis."""
    with redis.Redis.from_url(redis_session) as client:
        client.flushall()
    return redis_session


@pytest.fixture(scope="session")
def postgres_session():
    with postgres_server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_session):
    """The address of a new, empty PostgreSQL database."""
    name = f"test_{fresh().lower()}"
    with psycopg.connect(postgres_session, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgres_session.removesuffix("postgres") + name
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
