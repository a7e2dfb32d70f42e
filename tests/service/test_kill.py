"""kill -9 of worker, API or everything while songs are ingested: nothing is lost and nothing is there twice."""

import os
import random
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from installation import Installation, alive, eventually, processes_of
from music import catalogue

pytestmark = pytest.mark.service
SONGS = 24


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def members(installation: Installation, mark: str) -> list[int]:
    return [pid for pid in processes_of(installation.home) if mark in command_line(pid)]


def queued(installation: Installation) -> dict[str, int]:
    return installation.json("jobs", "--limit", "1")["counts"]


def settle(installation: Installation) -> None:
    def over() -> bool:
        counts = queued(installation)
        return counts.get("queued", 0) == counts.get("running", 0) == 0

    eventually(over, 90, "every job to end")


def check_whole(installation: Installation, folder: Path) -> None:
    """Every song once, found by its own file with its own vector."""
    songs = installation.songs()
    assert len(songs) == SONGS
    counts = queued(installation)
    assert counts.get("failed", 0) == counts.get("dead", 0) == 0
    out = installation.home / "check.npz"
    assert installation.run("embed", folder, "-o", out).returncode == 0
    direct = np.load(out)
    order = {Path(path).stem.replace("song", "Song "): row for row, path in enumerate(direct["paths"])}
    cosines = direct["vectors"] @ direct["vectors"].T
    for title in ("Song 000", f"Song {SONGS - 1:03}"):
        hits = installation.get(f"/v1/songs/{songs[title]['id']}/similar?limit=100")["similar"]
        assert sorted(h["song"]["title"] for h in hits) == sorted(set(songs) - {title})
        for hit in hits:
            assert hit["score"] == pytest.approx(float(cosines[order[title], order[hit["song"]["title"]]]), abs=1e-4)


@pytest.mark.parametrize(
    "victim",
    [
        "celery -A worker.celeryd worker --without-mingle --without-gossip --without-heartbeat -Q ingest",
        "api.wsgi:app",
        "up --port",
    ],
)
def test_killed_in_the_middle_of_an_ingest(installation, tmp_path, victim):
    rng = random.Random(victim)
    catalogue(tmp_path / "music", SONGS)
    installation.start()
    assert installation.run("ingest", tmp_path / "music", "--no-wait").returncode == 0
    for _ in range(2):
        time.sleep(rng.uniform(0.5, 2.0))
        hit = [pid for pid in members(installation, victim) if alive(pid)]
        assert hit, f"nothing runs that could be killed: {victim}"
        os.kill(rng.choice(hit), signal.SIGKILL)
        if victim == "up --port":
            installation.up.wait()
            eventually(lambda: not processes_of(installation.home), 30, "the crew to end with its captain")
            installation.start()
    eventually(lambda: installation.status("/readyz") == 200, 30, "the API to be back")
    settle(installation)
    check_whole(installation, tmp_path / "music")


def test_everything_at_once(installation, tmp_path):
    catalogue(tmp_path / "music", SONGS)
    installation.start()
    assert installation.run("ingest", tmp_path / "music", "--no-wait").returncode == 0
    time.sleep(1.5)
    for pid in [installation.up.pid, *processes_of(installation.home)]:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
    installation.up.wait()
    installation.start()
    settle(installation)
    check_whole(installation, tmp_path / "music")
