import pytest


@pytest.fixture
def near(place):
    """A seed, and five songs further and further away."""
    return [
        place.add("/m/0.mp3", [4, 0], title="Seed", artist="A"),
        place.add("/m/1.mp3", [4, 1], title="One", artist="A", genre="jazz"),
        place.add("/m/2.mp3", [4, 2], title="Two", artist="B", genre="jazz", certain=False),
        place.add("/m/3.mp3", [4, 3], title="Three", artist="B", genre="rock"),
        place.add("/m/4.mp3", [4, 4], title="Four", artist="B", genre="rock"),
        place.add("/m/5.mp3", [0, 4], title="Five", artist="C"),
    ]


def ids(answer):
    return [hit["song"]["id"] for hit in answer.json["similar"]]


def test_the_closest_come_first_and_the_seed_never(client, near):
    answer = client.get(f"/v1/songs/{near[0]}/similar")
    assert ids(answer) == near[1:]
    assert [hit["rank"] for hit in answer.json["similar"]] == [1, 2, 3, 4, 5]
    assert answer.json["similar"][3]["score"] == pytest.approx(0.5**0.5, abs=1e-6)
    assert answer.json["song"]["id"] == near[0]
    assert answer.json["model"] == "seed-1"


def test_filters_and_caps(client, near):
    get = lambda **query: ids(client.get(f"/v1/songs/{near[0]}/similar", query_string=query))  # noqa: E731
    assert get(limit=2) == near[1:3]
    assert get(exclude_artist=1) == near[2:]
    assert get(max_per_artist=1) == [near[1], near[2], near[5]]
    assert get(genre="rock") == near[3:5]
    assert get(genre="Jazz") == [near[1]]
    assert get(genre="shoegaze") == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "max_per_artist=0", "exclude_artist=perhaps", "genre=", "diversity=1"]
)
def test_a_wish_that_does_not_fit_is_named(client, near, query):
    answer = client.get(f"/v1/songs/{near[0]}/similar?{query}")
    assert answer.status_code == 422
    assert query.split("=")[0] in answer.json["errors"]["query"]


def test_a_song_that_the_active_model_has_not_heard(place, client, near):
    old = place.add("/m/old.mp3", [1, 1], model="seed-0")
    answer = client.get(f"/v1/songs/{old}/similar")
    assert (answer.status_code, answer.json["code"]) == (503, "index_unavailable")
    assert old in answer.json["detail"]
    assert old not in client.get(f"/v1/songs/{near[0]}/similar").text
