import re

import pytest

from heard import LABELS, STRUCTURE

APART = {"/", "/livez", "/readyz", "/openapi.json", "/static/{filename}"}


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json


def documented(rule):
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)


def test_every_route_is_in_the_document_and_nothing_else(place, document):
    assert document["openapi"] == "3.1.0"
    served = {
        (documented(rule.rule), method)
        for rule in place.app().url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if documented(rule.rule) not in APART
    }
    said = {
        (path, method.upper()) for path, item in document["paths"].items() for method in item if method != "parameters"
    }
    assert served == said
    assert len(said) >= 8


def test_writing_is_marked_as_needing_a_key(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                assert ("security" in operation) == (method != "get"), (path, method)
                assert operation["summary"]
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_references_lead_somewhere(client, document):
    found = set(
        re.findall(r'"#/components/([a-z]+)/([^"]+)"', client.get("/openapi.json", headers={}).text, re.IGNORECASE)
    )
    assert found
    for kind, name in found:
        assert name in document["components"][kind], (kind, name)


def test_an_answer_has_exactly_the_members_that_are_documented(place, client, document):
    song_id = place.add("/m/1.mp3", [1], labels=LABELS, structure=STRUCTURE)
    place.add("/m/2.mp3", [1, 1], genre="jazz")
    schemas = document["components"]["schemas"]

    def check(body, schema):
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
        if schema.get("type") == "array":
            return [check(item, schema["items"]) for item in body]
        if "properties" in schema:
            assert set(body) == set(schema["properties"])
            return [check(body[name], part) for name, part in schema["properties"].items() if body[name] is not None]
        return None

    for path in (
        "/v1/songs",
        f"/v1/songs/{song_id}",
        f"/v1/songs/{song_id}/similar",
        f"/v1/songs/{song_id}/labels",
        f"/v1/songs/{song_id}/analysis",
        "/v1/jobs",
    ):
        said = document["paths"][path.replace(song_id, "{reference}")]["get"]["responses"]["200"]
        check(client.get(path).json, said["content"]["application/json"]["schema"])
