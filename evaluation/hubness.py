"""Hubs: songs that are near everything. How many there are, and two ways to take them back.

Radovanovic et al., "Hubs in space" (2010); Schnitzer et al., "Local and global scaling reduce hubs" (2012); Conneau et
al., "Word translation without parallel data" (2018), for CSLS.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from songs.vectors import Vectors, unit

Scores: TypeAlias = npt.NDArray[np.float64]  # (n, n), the higher the nearer; the diagonal says nothing

K = 10  # neighbours that are counted


def cosines(vectors: Vectors) -> Scores:
    """Return the cosine of every song with every other, shape=(n, n)."""
    units = unit(vectors).astype(np.float64)
    return np.asarray(units @ units.T, dtype=np.float64)


def occurrences(scores: Scores, k: int = K) -> npt.NDArray[np.int64]:
    """Return how often each song is among the ``k`` nearest of the others, shape=(n,); the mean is min(k, n - 1)."""
    nearest = np.argsort(-_without_self(scores), axis=1, kind="stable")[:, : min(k, len(scores) - 1)]
    return np.bincount(nearest.ravel(), minlength=len(scores))


def skewness(counts: npt.NDArray[np.int64]) -> float:
    """Return the third standardised moment: 0 where songs are near others equally often, above 1 where hubs rule."""
    away = counts - counts.mean()
    spread = float(np.sqrt(np.mean(away**2)))
    return float(np.mean(away**3)) / spread**3 if spread else 0.0


def csls(scores: Scores, k: int = K) -> Scores:
    """Return cross-domain similarity local scaling: ``2 s(i, j) - r(i) - r(j)``, r the mean of the k highest of a song.

    A song that is near to many is moved away from all of them.
    """
    others = np.sort(_without_self(scores), axis=1)[:, -min(k, len(scores) - 1) :]
    crowd = others.mean(axis=1)
    return np.asarray(2 * scores - crowd[:, np.newaxis] - crowd[np.newaxis, :], dtype=np.float64)


def mutual_proximity(scores: Scores) -> Scores:
    """Return the probability that two songs are each other's near ones, in [0, 1].

    A song's scores with all others are taken for normal, and the two songs for independent of each other: the product
    of the shares of songs that are farther away, seen from either side.
    """
    others = np.ma.masked_array(scores, mask=np.eye(len(scores), dtype=bool))
    mean = np.asarray(others.mean(axis=1))[:, np.newaxis]
    spread = np.maximum(np.asarray(others.std(axis=1))[:, np.newaxis], 1e-12)
    # a column is the same distance seen from the other song; scores of a pair are equal from both sides
    return np.asarray(ndtr((scores - mean) / spread) * ndtr((scores - mean.T) / spread.T), dtype=np.float64)


def _without_self(scores: Scores) -> Scores:
    others = np.array(scores, dtype=np.float64)
    np.fill_diagonal(others, -np.inf)
    return others
