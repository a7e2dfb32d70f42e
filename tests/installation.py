"""A real Soundkin for a test: its own home, its own port, its own processes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KEY = "key-of-the-tests-0123456789"


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(true, seconds: float = 60.0, what: str = "") -> Any:
    """Wait until ``true()`` is, and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := true():
            return value
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds:.0f} s: {what or true}")


def alive(pid: int) -> bool:
    """Tell whether a process runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def processes_of(home: Path) -> list[int]:
    """Return the processes whose environment names this home."""
    mark = f"SOUNDKIN_HOME={home}\0".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes() and alive(int(entry.name)):
                    found.append(int(entry.name))
    return found


@dataclass
class Installation:
    """One home, and what is run on it."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    up: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        quick = {"SOUNDKIN_HEARTBEAT": "3", "SOUNDKIN_SWEEP": "1", "COLUMNS": "200"}
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("SOUNDKIN_", "REDIS_URL", "DATABASE_URL"))}
        return clean | quick | self.env | {"SOUNDKIN_HOME": str(self.home)}

    def run(self, *args: object, timeout: float = 240, **env: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "cli", *map(str, args)],
            env=self.environment() | env, capture_output=True, text=True, timeout=timeout, cwd="/", check=False,
        )  # fmt: skip

    def json(self, *args: object) -> Any:
        """Run one command and read what it prints, which must be JSON and nothing else."""
        done = self.run(*args, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def start(self) -> None:
        """Start ``soundkin up`` and wait until it is ready."""
        log = (self.home / "up.log").open("ab")
        self.up = subprocess.Popen(
            [sys.executable, "-m", "cli", "up", "--port", str(self.port), "--key", KEY],
            env=self.environment(), stdout=log, stderr=log, cwd="/",
        )  # fmt: skip
        eventually(self.ready, what=f"up; its log: {self.home}/up.log")

    def ready(self) -> bool:
        assert self.up is None or self.up.poll() is None, (self.home / "up.log").read_text()
        return self.status("/readyz") == 200

    def stop(self, number: int = signal.SIGINT) -> int:
        """Stop ``up`` and return its status."""
        assert self.up is not None
        self.up.send_signal(number)
        status = self.up.wait(40)
        self.up = None
        return status

    def request(
        self, path: str, method: str = "GET", data: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """Return (status, headers, body) of one request; JSON where it is."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=data, method=method, headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                status, head, body = answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            status, head, body = error.code, dict(error.headers), error.read()
        return status, head, json.loads(body) if "json" in head.get("Content-Type", "") else body

    def status(self, path: str) -> int:
        with contextlib.suppress(OSError):
            return self.request(path)[0]
        return 0

    def get(self, path: str) -> Any:
        status, _, body = self.request(path)
        assert status == 200, (path, status, body)
        return body

    def songs(self) -> dict[str, dict[str, Any]]:
        """Return all songs of the API by title."""
        found, cursor = {}, ""
        while cursor is not None:
            page = self.get(f"/v1/songs?limit=100{'&cursor=' + cursor if cursor else ''}")
            for song in page["songs"]:
                assert song["title"] not in found, f"{song['title']} is there twice"
                found[song["title"]] = song
            cursor = page["next_cursor"]
        return found

    def kill_everything(self) -> None:
        """End whatever still runs on this home."""
        if self.up is not None and self.up.poll() is None:
            self.up.kill()
            self.up.wait()
        for pid in processes_of(self.home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
