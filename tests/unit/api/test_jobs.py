import pytest

from songs.ports import Request


@pytest.fixture
def submitted(place):
    return [job.id for job in place.ledger.submit([Request(f"/m/{n}.mp3") for n in range(5)])]


def test_pages_of_jobs(client, submitted):
    first = client.get("/v1/jobs?limit=2").json
    second = client.get(f"/v1/jobs?limit=2&cursor={first['next_cursor']}").json
    third = client.get(f"/v1/jobs?limit=2&cursor={second['next_cursor']}").json
    assert [job["id"] for page in (first, second, third) for job in page["jobs"]] == submitted
    assert third["next_cursor"] is None
    assert first["counts"]["queued"] == 5


def test_jobs_of_one_state(place, client, submitted):
    place.ledger.cancel(submitted[1])
    assert [job["id"] for job in client.get("/v1/jobs?state=cancelled").json["jobs"]] == [submitted[1]]
    assert len(client.get("/v1/jobs?state=queued").json["jobs"]) == 4
    assert client.get("/v1/jobs?state=lost").status_code == 422
    assert client.get("/v1/jobs?cursor=stranger").json["code"] == "invalid_cursor"


def test_a_failed_job_says_why(place, client, submitted):
    job = place.ledger.claim(submitted[0], "test")
    place.ledger.fail(job, "audio_empty", "no sound", retryable=False)
    shown = client.get(f"/v1/jobs/{submitted[0]}").json
    assert (shown["state"], shown["reason"]) == ("failed", {"code": "audio_empty", "message": "no sound"})
    assert not {"owner", "heartbeat", "version"} & set(shown), "what is between workers stays there"


def test_cancelling(admin, submitted):
    answer = admin.delete(f"/v1/jobs/{submitted[0]}")
    assert (answer.status_code, answer.json["state"]) == (200, "cancelled")
    again = admin.delete(f"/v1/jobs/{submitted[0]}")
    assert (again.status_code, again.json["state"]) == (200, "cancelled")
    assert admin.delete("/v1/jobs/nothing").json["code"] == "unknown_job"
    assert admin.get("/v1/jobs/nothing").status_code == 404
