import pytest

from songs.errors import IndexMismatch, StoreUnavailable


def test_an_empty_catalogue_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (200, True)
    assert client.get("/livez").json["alive"] is True


def test_without_a_model_it_is_not_ready_but_alive(place, client):
    place.store.models.activate("")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["code"]) == (503, "not_ready")
    assert answer.json["reasons"] == {"database": "no model is active yet"}
    assert client.get("/livez").status_code == 200


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), IndexMismatch(("a", 3), ("b", 4))])
def test_whatever_is_away_is_named(place, error):
    def broken():
        raise error

    place.probes["thing"] = broken
    answer = place.client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["reasons"] == {"thing": str(error)}
    assert answer.headers["Retry-After"]


def test_a_database_that_is_away_leaves_the_process_alive(place, client, monkeypatch):
    def away(self):
        raise StoreUnavailable("connection refused")

    monkeypatch.setattr(type(place.store.models), "active", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["reasons"] == {"database": "the database is not available: connection refused"}
    assert client.get("/livez").status_code == 200
