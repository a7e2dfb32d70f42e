import json
import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.errors import STATUS
from songs.errors import SongsError, StoreUnavailable
from songs.ports import Request


def family(kind):
    return {kind}.union(*map(family, kind.__subclasses__()))


def test_every_error_has_a_status():
    ours = {kind for kind in family(SongsError) - {SongsError} if kind.__module__.startswith("songs.")}
    assert ours == set(STATUS)
    assert all(400 <= status < 600 for status in STATUS.values())


def test_a_status_that_says_come_again_is_one_of_a_retryable_error():
    assert all(STATUS[kind] in {409, 502, 503} for kind in STATUS if kind.retryable)


def check_problem(answer, status, code):
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    body = answer.json
    assert {"type", "title", "status", "detail", "code", "request_id"} <= set(body)
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:soundkin:problem:{code}")
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert body["detail"]


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/v1/nowhere", 404, "not_found"),
        ("GET", "/v1/songs//x", 404, "not_found"),
        ("GET", "/static/nothing.js", 404, "not_found"),
        ("GET", "/static/../app.py", 404, "not_found"),
        ("PATCH", "/v1/songs", 405, "method_not_allowed"),
        ("GET", "/v1/songs/nobody", 404, "unknown_song"),
        ("GET", "/v1/songs/sku:nobody/labels", 404, "unknown_song"),
        ("GET", "/v1/jobs/nothing", 404, "unknown_job"),
        ("GET", "/v1/songs?limit=many", 422, "invalid_request"),
    ],
)
def test_every_refusal_is_a_problem(client, method, address, status, code):
    check_problem(client.open(address, method=method), status, code)


def test_405_says_what_is_allowed(client):
    assert set(client.patch("/v1/songs").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_what_nobody_foresaw_is_a_problem_without_its_inside(place, client, monkeypatch):
    def broken(self, *_):
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(type(place.store.songs), "page", broken)
    answer = client.get("/v1/songs")
    check_problem(answer, 500, "internal_error")
    assert "secret" not in answer.text


def test_a_database_that_is_away_is_503_and_says_when_to_come_again(place, client, monkeypatch):
    def away(self, *_):
        raise StoreUnavailable("connection refused")

    monkeypatch.setattr(type(place.store.songs), "page", away)
    answer = client.get("/v1/songs")
    check_problem(answer, 503, "store_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_request_is_named_by_its_sender_where_that_is_sane(client):
    assert client.get("/v1/songs", headers={"X-Request-Id": "abc-1"}).headers["X-Request-Id"] == "abc-1"
    assert client.get("/v1/songs", headers={"X-Request-Id": "abc-1"}).json["request_id"] == "abc-1"
    for insane in ("", "a b", "x" * 65, "<script>"):
        assert re.fullmatch(
            r"[0-9A-Za-z]{22}", client.get("/livez", headers={"X-Request-Id": insane}).json["request_id"]
        )


def test_every_answer_carries_the_headers_that_protect_a_browser(place, client):
    place.ledger.submit([Request("/m/1.mp3")])
    for address in ("/", "/livez", "/openapi.json", "/v1/songs", "/v1/jobs", "/nowhere", "/static/app.js"):
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Request-Id"]


@given(reference=st.text(max_size=40), query=st.text(max_size=20))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_it(client, reference, query):
    for tail in ("", "/similar", "/labels"):
        answer = client.get(f"/v1/songs/{quote(reference)}{tail}", query_string={"q": query})
        assert answer.status_code in {200, 404, 405, 422}
        assert "html" not in answer.content_type or reference in {"", "."}
        json.loads(answer.data)
