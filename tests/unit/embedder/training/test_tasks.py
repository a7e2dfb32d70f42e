from pathlib import Path

import numpy as np

from embedder.training.dataset import Example
from embedder.training.tasks import FEELINGS, tasks


def song(genres=(), **known):
    return Example(corpus="c", genres=frozenset(genres), part="train", images=Path("a.npy"), slices=1, **known)


SONGS = [
    song(["rock"], artist="a", album="a|one", felt=tuple(range(10))),
    song(artist="b", quadrant="Q3"),
    song(["jazz", "rock"], cluster="5", felt=tuple(range(10, 0, -1))),
]


def test_each_song_teaches_what_is_known_of_it():
    made = tasks(SONGS, ["jazz", "rock"], np.ones((3, 4), np.float32))
    assert {name: task.weights.tolist() for name, task in made.items()} == {
        "genre": [1, 0, 1],
        "quadrant": [0, 1, 0],
        "cluster": [0, 0, 1],
        "artist": [1, 1, 0],
        "album": [1, 0, 0],
        "felt": [1, 0, 1],
        "statistics": [1, 1, 1],
    }
    np.testing.assert_allclose(made["genre"].targets, [[0.05, 0.95], [0, 0], [0.5, 0.5]])
    np.testing.assert_array_equal(made["artist"].targets, [[1, 0], [0, 1], [0, 0]])
    assert made["quadrant"].targets[1].tolist() == [0, 0, 1, 0]
    assert made["cluster"].targets[2].tolist() == [0, 0, 0, 0, 1]


def test_what_was_felt_is_measured_against_the_other_songs():
    felt = tasks(SONGS, ["rock"], np.ones((3, 1)))["felt"].targets
    assert felt.shape == (3, len(FEELINGS))
    np.testing.assert_allclose(felt[[0, 2]].mean(axis=0), 0, atol=1e-6)
    assert not felt[1].any()


def test_songs_without_anything_teach_the_statistics_only():
    made = tasks([song(["rock"])], ["rock"], np.ones((1, 2)))
    assert made["artist"].targets.shape == (1, 1)
    assert [name for name, task in made.items() if task.weights.any()] == ["genre", "statistics"]
