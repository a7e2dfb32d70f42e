import pytest

ADMIN, INGEST, PUBLIC, WRONG = (
    "admin-key-0123456789",
    "ingest-key-0123456789",
    "public-key-0123456789",
    "wrong-key-0123456789",
)
READ = ["/v1/songs", "/v1/songs/x", "/v1/songs/x/similar", "/v1/songs/x/labels", "/v1/jobs", "/v1/jobs/x"]
OPEN = ["/", "/livez", "/readyz", "/openapi.json", "/static/app.js"]


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def writing(app):
    """Return (method, address) of every route that changes something."""
    rules = [(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods]
    return sorted((m, r.replace("<reference:reference>", "x").replace("<job_id>", "x"))
                  for m, r in rules if m in {"POST", "PUT", "PATCH", "DELETE"})  # fmt: skip


def test_every_route_that_writes_needs_a_key_with_a_scope_for_it(place):
    client, routes = place.client(), writing(place.app())
    assert ("POST", "/v1/songs") in routes
    assert len(routes) >= 3
    for method, address in routes:
        call = lambda headers: client.open(address, method=method, headers=headers)  # noqa: B023, E731
        for headers, code in [
            ({}, "missing_key"),
            (bearer(WRONG), "invalid_key"),
            ({"X-API-Key": WRONG}, "invalid_key"),
        ]:
            answer = call(headers)
            assert (answer.status_code, answer.json["code"]) == (401, code), (method, address)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert (call(bearer(PUBLIC)).status_code, call(bearer(PUBLIC)).json["code"]) == (403, "forbidden")
        for headers in (bearer(ADMIN), bearer(INGEST), {"X-API-Key": ADMIN}, {"Authorization": f"bearer  {ADMIN}"}):
            assert call(headers).status_code not in {401, 403}, (method, address, headers)


@pytest.mark.parametrize("address", READ)
def test_reading_is_open_but_a_wrong_key_is_refused(client, address):
    right = [{}, bearer(PUBLIC), bearer(ADMIN), {"Authorization": "Basic dXNlcjpwYXNz"}]
    assert {client.get(address, headers=headers).status_code for headers in right} <= {200, 404}
    for headers in (bearer(WRONG), bearer(""), {"X-API-Key": WRONG}, {"X-API-Key": ""}):
        assert client.get(address, headers=headers).status_code == 401, headers


@pytest.mark.parametrize("address", OPEN)
def test_probes_and_page_need_no_key_and_mind_none(client, address):
    assert client.get(address, headers=bearer(WRONG)).status_code == 200


def test_the_key_comes_before_the_body(client):
    answer = client.post("/v1/songs", data=b"x", content_type="application/xml")
    assert answer.status_code == 401
