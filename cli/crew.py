"""The processes of one machine: started, kept alive, and ended together."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from cli.place import Place
from songs.errors import PortTaken, ProcessKeepsDying
from worker.lifeline import end_with_parent

log = logging.getLogger("soundkin.crew")

PYTHON = (sys.executable, "-P", "-m")  # -P: a folder named "api" in the working directory is not ours
GRACE = 20.0  # seconds between asking a process to end and killing it
RESTART_AFTER = 1.0  # seconds; a process that dies at once is not restarted in a whirl
STEADY = 10.0  # seconds after which a start counts as a good one
BAD_STARTS = 3  # in a row, after which somebody must look
_CELERY = ("celery", "-A", "worker.celeryd", "worker", "--without-mingle", "--without-gossip", "--without-heartbeat")


@dataclass(frozen=True, slots=True)
class Role:
    """One process of the crew."""

    name: str
    command: tuple[str, ...]


def ingest_role(processes: int) -> Role:
    """Return the Celery worker that listens, with that many child processes (0: one a core, at most 4)."""
    count = processes or min(4, os.cpu_count() or 1)
    return Role(
        "worker", (*PYTHON, *_CELERY, "-Q", "ingest", "-c", str(count), "-n", "ingest@%h", "--loglevel", "INFO")
    )


INDEX = Role("index", (*PYTHON, *_CELERY, "-Q", "index", "--pool", "solo", "-n", "index@%h", "--loglevel", "INFO"))
SWEEPER = Role("sweeper", (*PYTHON, "worker.sweeper"))


def web_role(port: int) -> Role:
    """Return gunicorn with the Flask application, on loopback only."""
    bind = f"127.0.0.1:{port}"
    return Role("api", (*PYTHON, "gunicorn", "-c", "python:api.gunicorn_settings", "--bind", bind, "api.wsgi:app"))


def free_port(port: int) -> int:
    """Return ``port``, or some free one for 0; raises PortTaken where somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(port) from error
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Member:
    """One running process."""

    role: Role
    process: subprocess.Popen[bytes]
    began: float  # monotonic seconds
    bad_starts: int = 0  # before this one, in a row


@dataclass(slots=True)
class Crew:
    """``with Crew(place, roles) as crew``: call ``tend`` now and then; leaving ends them all."""

    place: Place
    roles: tuple[Role, ...]
    _members: dict[str, Member] = field(default_factory=dict, init=False)

    def __enter__(self) -> Self:
        self.place.home.logs.mkdir(parents=True, exist_ok=True)
        for role in self.roles:
            self._start(role)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def tend(self) -> list[str]:
        """Restart what has died; return the names of what was restarted.

        Raises
        ------
        ProcessKeepsDying
            After ``BAD_STARTS`` starts in a row that did not last.
        """
        restarted = []
        for member in list(self._members.values()):
            if member.process.poll() is None or time.monotonic() - member.began < RESTART_AFTER:
                continue
            log.warning("%s ended with status %s; starting it again", member.role.name, member.process.returncode)
            lasted = time.monotonic() - member.began > STEADY
            bad_starts = 0 if lasted else member.bad_starts + 1
            if bad_starts >= BAD_STARTS:
                raise ProcessKeepsDying(
                    member.role.name, str(self._log_path(member.role.name)), self._last_line(member)
                )
            self._start(member.role, bad_starts)
            restarted.append(member.role.name)
        return restarted

    def pids(self) -> dict[str, int]:
        """Return the process id of each role."""
        return {name: member.process.pid for name, member in self._members.items()}

    def stop(self) -> None:
        """Ask every process to end, and kill those that have not after a while."""
        for member in self._members.values():
            if member.process.poll() is None:
                member.process.terminate()
        deadline = time.monotonic() + GRACE
        for member in self._members.values():
            try:
                member.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                member.process.kill()
                member.process.wait()
        self._members.clear()

    def _start(self, role: Role, bad_starts: int = 0) -> None:
        with self._log(role.name) as output:
            process = subprocess.Popen(
                role.command,
                cwd=self.place.home.logs,  # holds nothing that could be taken for a package of ours
                env=self.place.env | {"PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone, and we end them in order
                preexec_fn=end_with_parent,  # noqa: PLW1509 - one prctl before exec, which takes no lock
            )
        self._members[role.name] = Member(role, process, time.monotonic(), bad_starts)

    def _log_path(self, name: str) -> Path:
        return self.place.home.logs / f"{name}.log"

    def _last_line(self, member: Member) -> str:
        said = self._log_path(member.role.name).read_text(encoding="utf-8", errors="replace").splitlines()
        return next((line.strip() for line in reversed(said) if line.strip()), "")

    def _log(self, name: str) -> IO[bytes]:
        path = self._log_path(name)
        if path.exists() and path.stat().st_size > 10_000_000:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")


def interruptible() -> None:
    """Let SIGTERM end a command as Ctrl-C does, so that its crew is ended too.

    SIGINT is set as well: a shell starts background commands with it ignored.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
