from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.retrieval import by_album, by_artist, by_genre, chance_figures, retrieval_figures
from songs.manifest import Row
from songs.song import Tags


def row(artist=None, album=None, genre=None):
    return Row(Path("a.opus"), Tags(artist=artist, album=album, genre=genre))


def test_who_belongs_together():
    assert by_artist(row("The Coasters")) == by_artist(row("coasters"))
    assert by_artist(row("Magnatune Compilation")) == by_artist(row()) == frozenset()
    assert by_album(row("A", "Greatest Hits")) == by_album(row("a", "greatest  hits"))
    assert by_album(row("A", "Greatest Hits")) != by_album(row("B", "Greatest Hits"))
    assert by_album(row("A")) == frozenset()
    assert by_genre(row(genre="Pop/Rock; Jazz")) == {"pop", "rock", "jazz"}
    assert by_genre(row(genre="Stage & Screen")) == frozenset()


def test_by_hand():
    # nearest neighbours, in the plane: 0-1, 1-0, 2-1, 3-2
    angles = np.radians([0, 10, 40, 80])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    rows = [row("A", "x", "rock"), row("A", "y", "rock"), row("B", "z", "jazz"), row("A", "x", "jazz")]
    figures = retrieval_figures(vectors, rows)
    assert figures["artist"] == pytest.approx(
        # 0: A at ranks 1, 3; 1: A at 1, 3; 3: A at 2, 3
        {"queries": 3, "p_at_1": 2 / 3, "r_at_5": 1.0, "map": ((1 + 2 / 3) + (1 + 2 / 3) + (1 / 2 + 2 / 3)) / 6}
    )
    assert figures["album"] == pytest.approx({"queries": 2, "p_at_1": 0.0, "r_at_5": 1.0, "map": (1 / 3 + 1 / 3) / 2})
    # rock is nearest to rock, jazz 2 has rock before it, jazz 3 jazz
    assert figures["genre"] == pytest.approx(
        {"queries": 4, "p_at_1": 0.75, "r_at_5": 1.0, "map": (1 + 1 + 1 / 2 + 1) / 4}
    )


def test_no_two_songs_belong_together():
    rows = [row("A"), row("B"), row("Various Artists"), row("Various Artists")]
    nothing = {"queries": 0, "p_at_1": 0.0, "r_at_5": 0.0, "map": 0.0}
    assert retrieval_figures(np.eye(4, dtype=np.float32), rows) == dict.fromkeys(("artist", "album", "genre"), nothing)
    assert chance_figures(rows) == dict.fromkeys(("artist", "album", "genre"), nothing)


def test_no_songs():
    assert retrieval_figures(np.empty((0, 128), np.float32), [])["artist"]["queries"] == 0
    assert chance_figures([])["artist"]["queries"] == 0


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from("ABC"), min_size=8, max_size=14), st.integers(0, 99))
def test_chance_is_what_random_vectors_reach_on_average(artists, seed):
    rows = [row(artist) for artist in artists]
    rng = np.random.default_rng(seed)
    drawn = [retrieval_figures(rng.normal(size=(len(rows), 24)), rows)["artist"] for _ in range(150)]
    chance = chance_figures(rows)["artist"]
    assert chance["queries"] == drawn[0]["queries"]
    for name in ("p_at_1", "r_at_5", "map"):
        assert chance[name] == pytest.approx(np.mean([figures[name] for figures in drawn]), abs=0.08)


def test_songs_of_one_artist_on_one_line_are_found():
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(5, 32))
    rows = [row(f"artist {i % 5}") for i in range(50)]
    vectors = (centres[np.arange(50) % 5] + 0.01 * rng.normal(size=(50, 32))).astype(np.float32)
    assert retrieval_figures(vectors, rows)["artist"] == {"queries": 50, "p_at_1": 1.0, "r_at_5": 1.0, "map": 1.0}
