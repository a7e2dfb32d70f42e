"""The one way in which neighbours are scored and ordered, whatever index found them."""

from collections.abc import Callable

import numpy as np

from songs.identity import SongId
from songs.ports import Neighbour
from songs.vectors import Vector, Vectors

TIE = 2e-6  # two float32 cosines of 128-d unit vectors that differ by less may be the same number


def ranked(vectors: Vectors, query: Vector, name: Callable[[int], SongId], k: int) -> list[Neighbour]:
    """Return the ``k`` rows closest to a query, best first, ties by song id.

    Scores are summed in float64 row by row, so that equal vectors get equal scores in every index and at every place.

    Parameters
    ----------
    vectors : np.ndarray, shape=(n, d), float32
        Rows of unit length, or zero.
    query : np.ndarray, shape=(d,), float32
        Of unit length, or zero.
    name : callable
        Gives the song of a row, 0 <= row < n.
    k : int
        More than there are rows is no error.
    """
    if k <= 0 or not len(vectors):
        return []
    rough = vectors @ query
    cut = np.partition(rough, -k)[-k] - TIE if len(rough) > k else -np.inf
    rows = np.flatnonzero(rough >= cut)
    scores = np.clip((vectors[rows].astype(np.float64) * query.astype(np.float64)).sum(axis=1), -1.0, 1.0)
    hits = [Neighbour(name(int(row)), float(score)) for row, score in zip(rows, scores, strict=True)]
    return in_order(hits)[:k]


def in_order(hits: list[Neighbour]) -> list[Neighbour]:
    """Return neighbours best first, ties by song id."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.song_id))
