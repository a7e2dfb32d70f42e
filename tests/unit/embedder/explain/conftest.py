"""Toy songs whose label is known to hang on a planted sound."""

from dataclasses import dataclass

import numpy as np
import pytest

from embedder.explain.song import CELLS, ScoredSong
from songs.labels import Choice, Labels, Popularity


def by_band(images):
    """Hear the loudness of each band, mean over time: evidence (n, mels)."""
    return images.mean(axis=2)


def by_cell(images):
    """Hear the loudness of each cell: evidence (n, 64)."""
    n, mels, frames = images.shape
    return images.reshape(n, CELLS, mels // CELLS, CELLS, frames // CELLS).mean(axis=(2, 4)).reshape(n, -1)


@dataclass
class ToyHeads:
    """Heads that read the loudness of some bands, or nothing where there are none."""

    low: int
    high: int

    def scores(self, evidence):
        heard = float(evidence[self.low : self.high].mean()) if self.high > self.low else 0.0
        return {"popularity": np.array([heard])}

    def __call__(self, evidence):
        p = 1 / (1 + np.exp(-(self.scores(evidence)["popularity"][0] - 0.3)))
        return Labels(
            popularity=Popularity(100 * p, 0, 100, "model"),
            genre=Choice("rock" if p > 0.5 else "jazz", False, max(p, 1 - p), {"rock": p, "jazz": 1 - p}),
        )


@pytest.fixture
def toy_heads():
    return ToyHeads


def planted(seed=0, slices=4):
    """Return images of noise with equally loud patches: one in band row 5 of slice 2, the others elsewhere."""
    images = np.random.default_rng(seed).uniform(0.1, 0.3, (slices, 256, 256)).astype(np.float32)
    for i, row, column in ((2, 5, 3), (0, 1, 6), (1, 2, 2), (3, 7, 4), (3, 0, 1), (0, 6, 0), (1, 3, 7), (2, 1, 1)):
        images[i, 32 * row : 32 * (row + 1), 32 * column : 32 * (column + 1)] += 0.5
    return images


@pytest.fixture
def song():
    """Return a song whose score is the loudness of band row 5, which is loud in one cell only."""
    return ScoredSong.listen(planted(), by_band, lambda evidence: float(evidence[160:192].mean()))


@pytest.fixture
def deaf_song():
    """Return a song whose score reads nothing of it."""
    return ScoredSong.listen(planted(), by_band, lambda _: 0.25)
