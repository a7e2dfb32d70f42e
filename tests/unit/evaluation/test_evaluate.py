import json
from pathlib import Path

import numpy as np

from evaluation.collection import Collection
from evaluation.evaluate import evaluate
from evaluation.labels import label_figures
from songs.labels import Choice, Labels
from songs.manifest import Row
from songs.song import Tags


def row(artist, genre=None, album=None):
    return Row(Path("a.opus"), Tags(artist=artist, genre=genre, album=album))


def labels(genre, *, uncertain=False):
    return Labels(genre=Choice(value=genre, uncertain=uncertain, confidence=0.6, probabilities={genre: 0.6}))


def test_the_shape_that_is_promised():
    rows = [row(f"Artist {i // 4}", "Rock" if i % 2 else "Jazz; Blues", f"Album {i // 2}") for i in range(80)]
    vectors = np.random.default_rng(2).normal(size=(80, 128)).astype(np.float32)
    songs = Collection("shop", rows, vectors, [labels("rock", uncertain=i % 4 == 0) for i in range(80)])
    figures = evaluate("seed-12345678", songs)
    assert list(figures) == ["model", "songs", "retrieval", "labels"]
    assert (figures["model"], figures["songs"]) == ("seed-12345678", 80)
    assert list(figures["retrieval"]) == ["artist", "album", "genre"]
    for found in figures["retrieval"].values():
        assert list(found) == ["queries", "p_at_1", "r_at_5", "map"]
    assert figures["labels"]["genre"]["accuracy"] == 0.5
    assert json.loads(json.dumps(figures)) == figures


def test_songs_without_a_genre_judge_no_labels():
    rows = [row("A", "rock"), row("B"), row("C", "Stage & Screen"), row("D", "jazz")]
    figures = label_figures([labels("rock")] * 4, rows)
    assert (figures["genre"]["songs"], figures["genre"]["accuracy"]) == (2, 0.5)
    assert label_figures([labels("rock")], [row("B")]) == {}
