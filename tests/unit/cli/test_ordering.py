import json
from types import SimpleNamespace

import pytest
import typer

from cli.listening import Heard
from cli.ordering import rankable, show_order
from songs.errors import AudioNotFound
from songs.labels import Labels, Popularity


def heard(path, value, half=5.0):
    told = Popularity() if value is None else Popularity(value, value - half, value + half, "model")
    return Heard(path, SimpleNamespace(heard=SimpleNamespace(labels=Labels(popularity=told))), None)


def shown(capsys, songs, *, json):
    show_order(songs, [{"path": one.path} for one in songs], json=json)
    return capsys.readouterr().out


SONGS = [
    heard("b.mp3", 40.0),
    heard("a.mp3", 80.0),
    Heard("no.mp3", None, AudioNotFound("no.mp3")),
    heard("c.mp3", 41.0),
]


def test_json_holds_order_pairs_and_every_song(capsys):
    told = json.loads(shown(capsys, SONGS, json=True))
    assert told["order"] == ["a.mp3", "c.mp3", "b.mp3"]
    assert [song["path"] for song in told["songs"]] == ["a.mp3", "c.mp3", "b.mp3", "no.mp3"]
    assert [(p["higher"], p["lower"], p["within_noise"]) for p in told["pairs"]] == [
        ("a.mp3", "c.mp3", False), ("a.mp3", "b.mp3", False), ("c.mp3", "b.mp3", True),
    ]  # fmt: skip
    assert all(0.5 <= pair["probability"] <= 1 for pair in told["pairs"])
    assert told["within_noise"] is True
    assert "within noise at 1 of 2 steps" in told["sentence"]


def test_the_table_holds_intervals_and_ends_with_a_sentence(capsys):
    lines = shown(capsys, SONGS, json=False).splitlines()
    assert "90 % interval" in lines[0]
    assert [line.split()[-1] for line in lines[1:4]] == ["a.mp3", "c.mp3", "b.mp3"]
    assert "75 to 85" in lines[1]
    assert "(noise)" in lines[2]
    assert "within noise" in lines[-1]


def test_nothing_to_order(capsys):
    told = json.loads(shown(capsys, [], json=True))
    assert (told["order"], told["pairs"], told["songs"], told["within_noise"]) == ([], [], [], False)


def test_a_model_that_tells_no_popularity():
    with pytest.raises(typer.BadParameter, match="no popularity"):
        show_order([heard("a.mp3", None)], [{"path": "a.mp3"}], json=True)


def test_what_can_be_ranked():
    assert rankable(None) is None
    assert rankable("popularity") == "popularity"
    for other in ("mood", "genre", "Popularity", ""):
        with pytest.raises(typer.BadParameter, match="popularity"):
            rankable(other)
