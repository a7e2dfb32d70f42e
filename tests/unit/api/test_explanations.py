import pytest

from songs.explanation import Check, Explained, Explanation, Region, Span
from songs.jobs import JobKind, Outcome

MODEL = "seed-1"
PICTURE = b"\x89PNG\r\n\x1a\n and so on"


def explain(place, song_id, label="mood", sha=None):
    """Do what a worker does with the job that a request made."""
    (job,) = [job for job in place.store.jobs.jobs() if job.kind is JobKind.EXPLAIN and job.label == label]
    job = place.ledger.claim(job.id, "test")
    explanation = Explanation(
        label=label, target="Dark", score=1.5, heard=51.2,
        seconds=(Span(start=0.64, end=1.92, effect=0.2),),
        regions=(Region(start=0.64, end=1.92, low_hz=0.0, high_hz=420.8, effect=0.2),),
        check=Check(share=0.1, sets=99, drop=0.9, random_mean=0.1, energy_ratio=1.01, p=0.01),
    )  # fmt: skip
    kept = Explained(
        song_id=song_id, model=MODEL, audio_sha256=place.store.songs.song(song_id).audio_sha256,
        explanation=explanation, picture=PICTURE,
    )  # fmt: skip
    place.store.explanations.keep(kept, place.ledger.done(job, Outcome.COMMITTED))


@pytest.fixture
def song_id(place):
    found = place.add("/m/1.mp3", [1], genre="jazz", sku="K 1")
    place.queue.drain()
    return found


def test_asking_makes_a_job(place, admin, song_id):
    answer = admin.post(f"/v1/songs/{song_id}/explanations", json={"label": "mood"})
    assert answer.status_code == 202
    job = answer.json
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert (job["kind"], job["label"], job["source"], job["state"]) == ("explain", "mood", "/m/1.mp3", "queued")
    assert place.queue.drain() == [job["id"]]
    again = admin.post(f"/v1/songs/{song_id}/explanations", json={"label": "mood"})
    assert again.json["id"] == job["id"]
    other = admin.post("/v1/songs/sku:K 1/explanations", json={"label": "genre"})
    assert other.json["id"] != job["id"]


def test_it_is_told_when_the_job_is_done(place, admin, song_id):
    admin.post(f"/v1/songs/{song_id}/explanations", json={"label": "mood"})
    for what in ("", "/picture"):
        early = admin.get(f"/v1/songs/{song_id}/explanations/mood{what}")
        assert (early.status_code, early.json["code"]) == (404, "not_explained")
        assert early.json["detail"].startswith(f"the label 'mood' of song {song_id} is not explained yet")
        assert f"/v1/songs/{song_id}/explanations" in early.json["detail"]
    explain(place, song_id)
    told = place.client().get("/v1/songs/sku:K 1/explanations/mood").json
    assert (told["song_id"], told["label"], told["target"], told["stands_out"]) == (song_id, "mood", "Dark", True)
    assert told["regions"] == [{"start": 0.64, "end": 1.92, "low_hz": 0.0, "high_hz": 420.8, "effect": 0.2}]
    assert told["check"]["p"] == 0.01
    picture = place.client().get(told["picture"])
    assert (picture.data, picture.content_type) == (PICTURE, "image/png")


def test_it_goes_with_the_song(place, admin, song_id):
    admin.post(f"/v1/songs/{song_id}/explanations", json={"label": "mood"})
    explain(place, song_id)
    assert admin.delete(f"/v1/songs/{song_id}").status_code == 204
    gone = admin.get(f"/v1/songs/{song_id}/explanations/mood")
    assert (gone.status_code, gone.json["code"]) == (404, "unknown_song")


@pytest.mark.parametrize("body", [{}, {"label": "tempo"}, {"label": "mood", "more": 1}, [], {"label": None}])
def test_a_wish_that_does_not_fit(admin, song_id, body):
    answer = admin.post(f"/v1/songs/{song_id}/explanations", json=body)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")


def test_strangers(place, client, admin, song_id):
    assert client.post(f"/v1/songs/{song_id}/explanations", json={"label": "mood"}).status_code == 401
    unknown = admin.post("/v1/songs/nope/explanations", json={"label": "mood"})
    assert (unknown.status_code, unknown.json["code"]) == (404, "unknown_song")
    assert client.get(f"/v1/songs/{song_id}/explanations/tempo").status_code == 404
    assert client.get(f"/v1/songs/{song_id}/explanations/genre").json["code"] == "not_explained"
    assert place.queue.drain() == []
