"""Why a song has a label, on real processes: asked for over HTTP, answered by a worker, gone with the song."""

import json

import pytest

from installation import KEY, eventually
from music import catalogue

pytestmark = pytest.mark.service


def test_a_worker_explains(installation, tmp_path, redis_url, postgres_url):
    path = catalogue(tmp_path / "music", 1, seconds=23.0)[0]
    installation.env |= {"REDIS_URL": redis_url, "DATABASE_URL": postgres_url}
    installation.start()
    assert installation.run("ingest", path).returncode == 0
    (song,) = installation.songs().values()
    labels = installation.get(f"/v1/songs/{song['id']}/labels")
    where = f"/v1/songs/{song['id']}/explanations"
    status, _, early = installation.request(where + "/genre")
    assert (status, early["code"]) == (404, "not_explained")

    job = ask(installation, where, "genre")
    assert (job["kind"], job["label"], job["state"]) == ("explain", "genre", "queued")
    done = eventually(lambda: over(installation.get(f"/v1/jobs/{job['id']}")), 120, "the explanation")
    assert (done["state"], done["outcome"], done["reason"]) == ("done", "committed", None)
    told = installation.get(where + "/genre")
    assert told["target"] == labels["genre"]["value"]
    assert told["heard"] == pytest.approx(4 * 5.12)
    assert told["check"]["sets"] >= 50
    assert bool(told["regions"]) == told["stands_out"]
    assert installation.get(told["picture"]).startswith(b"\x89PNG")

    # what the command line says of the same file is the same
    by_hand = installation.run("label", path, "--explain", "genre", "--picture", tmp_path, "--json")
    assert by_hand.returncode == 0, by_hand.stderr
    (one,) = json.loads(by_hand.stdout)
    assert one["explanation"]["regions"] == told["regions"]
    assert one["explanation"]["check"] == told["check"]
    assert (tmp_path / "song000.genre.png").read_bytes() == installation.get(told["picture"])

    # where the audio is gone, the job says so, and the song stands
    path.unlink()
    job = ask(installation, where, "mood")
    failed = eventually(lambda: over(installation.get(f"/v1/jobs/{job['id']}")), 60, "the failure")
    assert (failed["state"], failed["reason"]["code"]) == ("failed", "audio_gone")
    assert installation.get(f"/v1/songs/{song['id']}")["id"] == song["id"]
    assert installation.get(where + "/genre") is not None


def ask(installation, where, label):
    """Ask for an explanation, and return its job."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    status, head, job = installation.request(where, "POST", json.dumps({"label": label}).encode(), **headers)
    assert (status, head["Location"]) == (202, f"/v1/jobs/{job['id']}")
    return job


def over(job):
    return job if job["state"] not in {"queued", "running"} else None
