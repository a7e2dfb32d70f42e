from dataclasses import asdict, fields

import pytest

from heard import LABELS, STRUCTURE
from songs.labels import Choice, Labels

PARTS = ("bars", "beats", "tatums", "sections", "segments")


def names(cls):
    return {field.name for field in fields(cls)}


def test_every_label_comes_with_confidence_or_interval_and_source(place, client):
    song_id = place.add("/m/1.mp3", [1], labels=LABELS, tag="Jazz; Vocal")
    told = client.get(f"/v1/songs/{song_id}/labels").json
    assert set(told) == names(Labels) | {"request_id", "analysed", "genre_tag", "emotions_source"}
    assert told["analysed"]
    assert told["genre_tag"] == "Jazz; Vocal"
    assert told["genre"] == asdict(LABELS.genre) | {"source": "model"}
    assert told["mood"]["uncertain"]
    assert (told["emotions"], told["emotions_source"]) == ({"calmness": 0.5}, "model")
    assert told["valence"] == {"value": 0.25, "low": 0.0, "high": 0.5, "source": "model"}
    assert told["cluster"] == asdict(Choice()) | {"source": None}
    assert told["popularity"] == {"value": 50.0, "low": 10.0, "high": 90.0, "source": "model"}
    assert told["features"] == {name: asdict(one) | {"alternatives": list(one.alternatives)}
                                for name, one in LABELS.features.items()}  # fmt: skip
    assert isinstance(told["features"]["key"]["value"], int)


def test_labels_are_those_of_the_active_model(place, client):
    song_id = place.add("/m/1.mp3", [1], genre="jazz", structure=STRUCTURE)
    assert client.get(f"/v1/songs/{song_id}/labels").json["genre"]["value"] == "jazz"
    place.store.models.activate("seed-2")
    told = client.get(f"/v1/songs/{song_id}/labels").json
    assert (told["analysed"], told["genre"]["value"], told["features"]) == (False, None, {})
    assert not client.get(f"/v1/songs/{song_id}/analysis").json["analysed"]


def test_a_song_that_is_not_analysed_says_so(place, client):
    song_id = place.sketch("/m/long.mp3", [1], title="Long", genre="Rock")
    told = client.get(f"/v1/songs/{song_id}/labels").json
    assert (told["analysed"], told["genre_tag"]) == (False, "Rock")
    for name in ("genre", "mood", "valence", "arousal", "quadrant", "cluster", "popularity"):
        assert (told[name]["value"], told[name]["source"]) == (None, None), name
    assert (told["emotions"], told["emotions_source"], told["features"]) == ({}, None, {})
    course = client.get(f"/v1/songs/{song_id}/analysis").json
    assert {name: course[name] for name in course if name != "request_id"} == {
        "analysed": False, "track": None, **dict.fromkeys(PARTS),
    }  # fmt: skip


def test_the_course_of_a_song(place, client):
    song_id = place.add("/m/1.mp3", [1], labels=LABELS, structure=STRUCTURE)
    told = client.get(f"/v1/songs/{song_id}/analysis").json
    assert told["analysed"]
    written = STRUCTURE.as_json()
    written["segments"] = [one | {"pitches": list(one["pitches"]), "timbre": list(one["timbre"])}
                           for one in written["segments"]]  # fmt: skip
    assert {name: told[name] for name in PARTS} == {name: list(written[name]) for name in PARTS}
    assert told["tatums"] == [], "nobody could tell them"
    track = told["track"]
    assert (track["duration"], track["fade_in_end"], track["fade_out_start"]) == (60.0, 0.5, 55.0)
    assert (track["tempo"]["value"], track["tempo"]["alternatives"]) == (120.0, [60.0, 240.0])
    assert (track["key"]["value"], track["loudness"]) == (9, None)


def test_a_song_without_a_course_has_none(place, client):
    """As one that was heard before courses were."""
    song_id = place.add("/m/1.mp3", [1], labels=LABELS)
    told = client.get(f"/v1/songs/{song_id}/analysis").json
    assert (told["analysed"], told["track"], told["beats"]) == (True, None, None)


def test_plays_make_popularity(place, client):
    ids = [place.add(f"/m/{n}.mp3", [1, n], labels=LABELS, plays=float(n)) for n in range(20)]
    unplayed = place.add("/m/new.mp3", [1], labels=LABELS)
    told = [client.get(f"/v1/songs/{song_id}/labels").json["popularity"] for song_id in (*ids, unplayed)]
    assert [one["source"] for one in told] == ["tag"] * 20 + ["model"]
    assert [one["value"] for one in told] == pytest.approx([*(5.0 * n + 2.5 for n in range(20)), 50.0])
    assert all(0 <= one["low"] < one["value"] < one["high"] <= 100 for one in told)


@pytest.mark.parametrize("tail", ["labels", "analysis"])
def test_no_such_song(client, tail):
    answer = client.get(f"/v1/songs/{'0' * 22}/{tail}")
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_song")
