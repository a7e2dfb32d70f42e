"""soundkin label: ranked, explained, wrong, interrupted."""

import json
import os
import signal
import subprocess
import sys

import pytest

from installation import eventually, processes_of
from music import catalogue

pytestmark = pytest.mark.service
SHAPE = {
    "path", "genre", "mood", "emotions", "valence", "arousal", "quadrant", "cluster", "popularity", "features", "error",
}  # fmt: skip


def test_songs_in_the_order_of_popularity(installation, tmp_path):
    songs = catalogue(tmp_path / "music", 3)
    done = installation.run("label", "--rank", "popularity", tmp_path / "music", tmp_path / "none.mp3", "--json")
    assert done.returncode == 1
    assert "none.mp3" in done.stderr
    told = json.loads(done.stdout)
    assert sorted(told["order"]) == sorted(str(song) for song in songs)
    assert [song["path"] for song in told["songs"]] == [*told["order"], str(tmp_path / "none.mp3")]
    assert all(set(song) == SHAPE for song in told["songs"])
    values = [song["popularity"] for song in told["songs"][:3]]
    assert [one["value"] for one in values] == sorted((one["value"] for one in values), reverse=True)
    assert all(one["low"] <= one["value"] <= one["high"] for one in values)
    assert len(told["pairs"]) == 3
    assert told["within_noise"] == any(pair["probability"] < 0.8 for pair in told["pairs"] if adjacent(pair, told))
    table = installation.run("label", "--rank", "popularity", tmp_path / "music")
    assert table.returncode == 0
    assert told["sentence"] in table.stdout


def adjacent(pair, told):
    return told["order"].index(pair["lower"]) == told["order"].index(pair["higher"]) + 1


def test_what_drove_a_label(installation, tmp_path):
    (song,) = catalogue(tmp_path / "music", 1)
    pictures = tmp_path / "pictures"
    done = installation.run(
        "label", song, tmp_path / "none.mp3", "--explain", "popularity", "--picture", pictures, "--json"
    )
    assert done.returncode == 1
    told, failed = json.loads(done.stdout)
    assert set(told) == set(failed) == SHAPE | {"explanation"}
    why = told["explanation"]
    assert (why["label"], why["target"]) == ("popularity", "popularity")
    assert why["stands_out"] == bool(why["regions"]) == bool(why["seconds"])
    assert [path.name for path in pictures.iterdir()] == ["song000.popularity.png"]
    assert why["picture"] == str(pictures / "song000.popularity.png")
    assert failed["explanation"] is None
    by_name = installation.run("label", song, "--explain", "genre:rock", "--picture", pictures)
    assert by_name.returncode == 0
    assert "genre: rock" in by_name.stdout
    assert "song000.genre.png" in by_name.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--rank", "mood"], "what can: popularity"),
        (["--explain", "tempo"], "what can: popularity, genre, mood"),
        (["--explain", "genre:polka"], "cannot explain 'genre:polka'"),
        (["--explain", "mood", "--rank", "popularity"], "leave one out"),
        (["--picture", "."], "--explain"),
        (["--explain", "mood", "--picture", "/proc/none"], "--picture"),
    ],
)
def test_a_wish_that_cannot_be_met_is_one_sentence(installation, tmp_path, options, said):
    (song,) = catalogue(tmp_path / "music", 1)
    pictures = ["--picture", tmp_path] if "--explain" in options and "--picture" not in options else []
    done = installation.run("label", song, *options, *pictures)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_ctrl_c_leaves_nothing_behind(installation, tmp_path):
    (song,) = catalogue(tmp_path / "music", 1, seconds=120.0)
    pictures = tmp_path / "pictures"
    asked = subprocess.Popen(
        [sys.executable, "-m", "cli", "label", song, "--explain", "mood", "--picture", pictures],
        env=installation.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
        start_new_session=True,
    )  # fmt: skip
    shown = ""
    while "deleting" not in shown:
        line = asked.stderr.readline()
        assert line, shown
        shown += line
    os.killpg(asked.pid, signal.SIGINT)  # as a terminal does
    out, err = asked.communicate(timeout=60)
    assert asked.returncode == 130
    assert "Traceback" not in err
    assert out == ""
    assert list(pictures.iterdir()) == []
    eventually(lambda: not processes_of(installation.home), 10, "the decoder to end")
