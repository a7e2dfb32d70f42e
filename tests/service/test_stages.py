"""A long song in two stages on real processes: found early, whole in the end, and not lost with its worker."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest
import soundfile

from installation import Installation, eventually, processes_of
from music import RATE, catalogue, song
from store import open_store, sqlite_url

pytestmark = pytest.mark.service
MINUTES = 20


def long_file(path: Path) -> Path:
    """Write a file whose minutes differ, so that a few windows of it are not quite the whole."""
    minutes = [song(110.0 * (1 + n), 60.0 + 30 * n, 0.2 + 0.2 * n, seconds=60, seed=n) for n in range(4)]
    with soundfile.SoundFile(path, "w", RATE, 1) as file:
        for minute in range(MINUTES):
            file.write(minutes[minute * minute % 7 % 4])
    return path


def vector_of(installation: Installation, song_id: str) -> np.ndarray:
    store = open_store(sqlite_url(installation.home / "soundkin.db"))
    _, ids, vectors = store.log.everything()
    store.close()
    return vectors[ids.index(song_id)]


def ingest_workers(installation: Installation) -> list[int]:
    def is_one(pid: int) -> bool:
        try:
            return b"-Q\0ingest" in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False

    return [pid for pid in processes_of(installation.home) if is_one(pid)]


def test_a_long_song_is_found_early_and_whole_in_the_end(installation, tmp_path):
    catalogue(tmp_path / "music", 3)
    path = long_file(tmp_path / "long.flac")
    installation.start()
    assert installation.run("ingest", tmp_path / "music").returncode == 0
    near = installation.songs()["Song 000"]["id"]
    assert installation.run("ingest", path, "--no-wait").returncode == 0

    def job():
        return installation.get("/v1/jobs?limit=100")["jobs"][-1]

    def is_found(song_id: str) -> bool:
        return song_id in str(installation.get(f"/v1/songs/{near}/similar?limit=10"))

    # after the first stage it is found, and says what it lacks
    begun = eventually(lambda: (j := job())["stage"] == "analysis" and j, 60, "the first stage")
    assert (begun["state"], begun["outcome"]) == ("running", None)
    eventually(lambda: is_found(begun["song_id"]), 10, "the song among neighbours")
    half = installation.get(f"/v1/songs/{begun['song_id']}")
    assert job()["state"] == "running", "all of this was while it was listened to"
    assert (half["analysed"], half["title"], half["genre"]["value"]) == (False, "long", None)
    assert half["duration"] == pytest.approx(60 * MINUTES, abs=1)
    assert installation.get(f"/v1/songs/{half['id']}/labels")["genre"]["value"] is None
    preliminary = vector_of(installation, half["id"])

    # it survives its worker
    for pid in ingest_workers(installation):
        os.kill(pid, signal.SIGKILL)
    assert is_found(half["id"])

    # the second attempt makes it whole, under the same name, with the vector of all its slices
    done = eventually(lambda: (j := job())["state"] == "done" and j, 120, "the job")
    assert (done["attempts"], done["song_id"], done["outcome"]) == (2, half["id"], "committed")
    whole = installation.get(f"/v1/songs/{half['id']}")
    assert whole["analysed"]
    assert whole["genre"]["value"] is not None
    assert len(installation.songs()) == 4
    assert installation.run("embed", path, "-o", tmp_path / "x.npz").returncode == 0
    final = vector_of(installation, half["id"])
    np.testing.assert_allclose(final, np.load(tmp_path / "x.npz")["vectors"][0], atol=1e-4)
    assert np.abs(final - preliminary).max() > 1e-3, "the first vector was of a few windows only"
    assert "0 to listen to, 1 unchanged" in installation.run("ingest", path).stderr


def test_a_long_song_that_breaks_late_leaves_nothing(installation, tmp_path):
    """Its windows are fine, so it is found for a while; the sample that is no number is between them."""
    wave = np.tile(song(220.0, 100.0, 0.5, seconds=60), 4)
    wave[-RATE] = np.nan
    soundfile.write(tmp_path / "late.wav", wave, RATE, subtype="FLOAT")
    catalogue(tmp_path / "music", 1)
    done = installation.run("ingest", tmp_path / "late.wav", tmp_path / "music")
    assert done.returncode == 1
    assert "audio_not_finite" in done.stderr
    assert "1 songs committed, 0 unchanged, 1 failed" in done.stderr
    store = open_store(sqlite_url(installation.home / "soundkin.db"))
    assert [one.title for one in store.songs.page().songs] == ["Song 000"]
    assert len(store.log.everything()[1]) == 1
    store.close()
