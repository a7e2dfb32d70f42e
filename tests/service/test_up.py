"""The way of a song on real processes: Celery worker, index worker, sweeper, gunicorn; no server configured."""

import shutil
import signal
from itertools import pairwise

import pytest
import soundfile

from installation import KEY, Installation, eventually, processes_of
from music import RATE, catalogue, song

pytestmark = pytest.mark.service


@pytest.fixture
def running(installation, tmp_path):
    catalogue(tmp_path / "music", 6)
    installation.start()
    done = installation.run("ingest", tmp_path / "music")
    assert done.returncode == 0, done.stderr
    assert "6 songs committed" in done.stderr
    assert "using the workers of soundkin up" in done.stderr
    return installation


def write(method: str, path: str, installation: Installation, data: bytes | None = None, **headers: str):
    return installation.request(path, method, data, Authorization=f"Bearer {KEY}", **headers)


def test_from_files_to_neighbours_to_nothing(running, tmp_path):
    songs = running.songs()
    assert sorted(songs) == [f"Song {n:03}" for n in range(6)]
    first = songs["Song 000"]
    answer = running.get(f"/v1/songs/{first['id']}/similar?limit=5")
    hits = answer["similar"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3, 4, 5]
    assert {hit["song"]["artist"] for hit in hits[:2]} == {"Low"}, "the two songs made like it come first"
    assert all(a["score"] >= b["score"] for a, b in pairwise(hits))
    labels = running.get(f"/v1/songs/{first['id']}/labels")
    assert labels["genre"]["value"] in labels["genre"]["probabilities"]
    assert all(0 <= told <= 1 for told in labels["genre"]["probabilities"].values()), "independent: several may hold"
    assert sum(labels["mood"]["probabilities"].values()) == pytest.approx(1, abs=1e-3)

    # a changed file replaces its vector, under the same id
    before = {hit["song"]["id"]: hit["score"] for hit in hits}
    soundfile.write(tmp_path / "music" / "song002.flac", song(660.0, 150.0, 0.8, seed=99), RATE)
    assert running.run("ingest", tmp_path / "music").returncode == 0
    changed = [s for s in running.songs().values() if s["source"].endswith("song002.flac")]
    assert [s["id"] for s in changed] == [songs["Song 002"]["id"]]
    again = running.get(f"/v1/songs/{first['id']}/similar?limit=5")["similar"]
    after = {hit["song"]["id"]: hit["score"] for hit in again}
    assert len(after) == 5
    assert after[changed[0]["id"]] < before[changed[0]["id"]] - 0.01

    # a second run has nothing to do
    assert "0 to listen to, 6 unchanged" in running.run("ingest", tmp_path / "music").stderr

    # a deleted song never comes back: not by the index, not by a restart, not by its folder
    gone = songs["Song 003"]["id"]
    assert write("DELETE", f"/v1/songs/{gone}", running)[0] == 204
    assert running.request(f"/v1/songs/{gone}/similar")[0] == 404
    assert gone not in str(running.get(f"/v1/songs/{first['id']}/similar?limit=50"))
    assert running.stop() == 0
    eventually(lambda: not processes_of(running.home), 30, "every process to end")
    shutil.rmtree(running.home / "index")
    running.start()
    assert "left alone" in running.run("ingest", tmp_path / "music").stderr
    assert gone not in str(running.get(f"/v1/songs/{first['id']}/similar?limit=50"))
    assert len(running.songs()) == 5
    # unless the file itself is named
    assert running.run("ingest", tmp_path / "music" / "song003.flac").returncode == 0
    assert len(running.songs()) == 6


def test_an_upload_becomes_a_song_and_its_audio_goes_with_it(running, tmp_path):
    boundary = "soundkinboundary"
    audio = (tmp_path / "music" / "song001.flac").read_bytes()
    body = b"".join([
        f'--{boundary}\r\nContent-Disposition: form-data; name="title"\r\n\r\nUploaded\r\n'.encode(),
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="x.flac"\r\n\r\n'.encode(), audio,
        f"\r\n--{boundary}--\r\n".encode(),
    ])  # fmt: skip
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    assert running.request("/v1/songs", "POST", body, **kind)[0] == 401
    status, headers, _ = write("POST", "/v1/songs", running, body, **kind)
    assert status == 202
    job = eventually(lambda: (j := running.get(headers["Location"]))["state"] == "done" and j, 30, "the upload's job")
    found = running.get(f"/v1/songs/{job['song_id']}")
    assert found["title"] == "Uploaded"
    best = running.get(f"/v1/songs/{job['song_id']}/similar?limit=1")["similar"][0]
    assert best["song"]["title"] == "Song 001"
    assert best["score"] == pytest.approx(1, abs=1e-5)
    assert len(list((running.home / "audio").iterdir())) == 1
    assert write("DELETE", f"/v1/songs/{job['song_id']}", running)[0] == 204
    assert not list((running.home / "audio").iterdir())


def test_two_on_one_home_or_one_port_are_named_errors(running, tmp_path):
    second = running.run("up", "--port", str(running.port + 1))
    assert second.returncode == 2
    assert "is in use by another soundkin up" in second.stderr
    (tmp_path / "other").mkdir()
    other = Installation(tmp_path / "other").run("up", "--port", str(running.port))
    assert other.returncode == 2
    assert f"port {running.port} is taken" in other.stderr
    assert "Traceback" not in second.stderr + other.stderr


def test_ctrl_c_leaves_no_process_behind(running):
    assert len(processes_of(running.home)) >= 5
    assert running.stop(signal.SIGTERM) == 0
    eventually(lambda: not processes_of(running.home), 30, "every process to end")
