"""Long work: it can be stopped and goes on, and an hour of audio does not need an hour of memory."""

import json
import signal
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from installation import eventually, processes_of
from music import RATE, catalogue, song

pytestmark = pytest.mark.service
MEASURED = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "cli", "label", sys.argv[1], "--json"], stdout=subprocess.PIPE)
sys.stdout.buffer.write(done.stdout)
# of the largest process among the command and its decoder child, in MB
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=sys.stderr)
"""


def test_an_interrupted_ingest_goes_on(installation, tmp_path):
    catalogue(tmp_path / "music", 16, seconds=40)
    first = subprocess.Popen(
        [sys.executable, "-m", "cli", "ingest", str(tmp_path / "music")], env=installation.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
    )  # fmt: skip
    done = lambda: (installation.home / "soundkin.db").exists() and installation.json("jobs")["counts"].get("done", 0)  # noqa: E731
    before = eventually(done, 60, "the first song")
    first.send_signal(signal.SIGINT)
    _, said = first.communicate(timeout=40)
    assert first.returncode == 130
    assert "run the same command again" in said
    assert "Traceback" not in said
    eventually(lambda: not processes_of(installation.home), 20, "its workers to end")
    again = installation.run("ingest", tmp_path / "music", "--json")
    assert again.returncode == 0, again.stderr
    ended = json.loads(again.stdout)
    assert ended["committed"] + ended["unchanged"] == 16
    assert ended["unchanged"] >= before
    assert len(installation.json("similar", "Low - Song 000", "--limit", "100")["similar"]) == 15


def test_an_hour_needs_no_more_memory_than_some_minutes(installation, tmp_path, record_property):
    minute = song(220, 100, 0.5, seconds=60)
    peaks = {}
    for minutes in (5, 60):
        with soundfile.SoundFile(tmp_path / f"{minutes}.flac", "w", RATE, 2) as file:
            for _ in range(minutes):
                file.write(np.stack([minute, minute], axis=1))
        measured = subprocess.run(
            [sys.executable, "-c", MEASURED, str(tmp_path / f"{minutes}.flac")],
            env=installation.environment(), capture_output=True, text=True, check=True,
        )  # fmt: skip
        peaks[minutes] = int(measured.stderr.split()[-1])
        record_property(f"peak_mb_{minutes}_minutes", peaks[minutes])
        (labels,) = json.loads(measured.stdout)
        assert labels["features"]["duration"]["value"] == pytest.approx(60 * minutes, abs=0.1)
    assert peaks[60] < peaks[5] + 60, "an hour's samples alone are 318 MB"


def test_an_ingest_whose_helper_goes_works_on_by_itself(installation, tmp_path):
    catalogue(tmp_path / "a", 2)
    catalogue(tmp_path / "b", 12, seconds=40)
    installation.start()
    second = subprocess.Popen(
        [sys.executable, "-m", "cli", "ingest", str(tmp_path / "b")], env=installation.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
    )  # fmt: skip
    eventually(lambda: sum(installation.json("jobs")["counts"].values()) == 12, 60, "the jobs to be written")
    assert installation.stop() == 0
    _, said = second.communicate(timeout=120)
    assert second.returncode == 0, said
    assert "using the workers of soundkin up" in said
    assert "12 songs committed" in said
