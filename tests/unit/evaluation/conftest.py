from pathlib import Path

import numpy as np
import pytest

from embedder.split import SplitRule
from evaluation.collection import Collection
from songs.labels import Choice, Feature, Labels
from songs.manifest import EMOTIONS, Row
from songs.song import Tags
from songs.vectors import unit

GENRES = ("rock", "jazz", "classical")


def made(name="shop", artists=60, songs=4, spread=1.5, seed=0):
    """Return songs that lie around their artist, artists around their genre; emotions are read off the vector."""
    rng = np.random.default_rng(seed)
    size = artists * songs
    of = np.arange(size) // songs
    towards = np.eye(3, 128)[of % 3]
    centres = 4 * towards + rng.normal(size=(artists, 128))[of]
    slices = centres[:, np.newaxis] + spread * rng.normal(size=(size, 3, 128))
    vectors = unit(slices.mean(axis=1))
    felt = vectors[:, 3:13] + 0.5  # ten directions
    rows = [
        Row(
            Path(f"{name}{i}.opus"),
            Tags(artist=f"{name} {of[i]}", title=f"Song {i}", album=f"Album {i // 2}", genre=GENRES[of[i] % 3]),
            {"path": f"{i}", **{e: f"{felt[i, n]:.4f}" for n, e in enumerate((*EMOTIONS, "liked"))}},
        )
        for i in range(size)
    ]
    labels = [
        Labels(
            genre=Choice("rock", i % 4 == 0, 0.6, {"rock": 0.6}),
            features={"duration": Feature(float(20 + i % 30), 1.0, "signal")},
        )
        for i in range(size)
    ]
    return Collection(name, rows, vectors, labels, list(slices.astype(np.float32)))


@pytest.fixture(scope="session")
def shop():
    return made()


@pytest.fixture(scope="session")
def other():
    return made("other", seed=1)


@pytest.fixture
def rule():
    return SplitRule()
