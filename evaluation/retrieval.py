"""Do neighbours belong together? By artist, album and genre, against what chance would give."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from embedder.split import album_key, artist_key
from songs.manifest import Row
from songs.metrics import Retrieval, retrieval
from songs.vectors import Vectors
from songs.vocabulary import genres

Key: TypeAlias = Callable[[Row], frozenset[str]]  # two songs are relevant to each other where their sets meet


def by_artist(row: Row) -> frozenset[str]:
    """Return the song's artist; nothing for unknown, various artists and compilations, which are no artist."""
    key = artist_key(row.tags.artist)
    return frozenset() if key is None else frozenset({key})


def by_album(row: Row) -> frozenset[str]:
    """Return the song's album, of its artist: two artists' "Greatest Hits" are two albums."""
    key = album_key(row.tags.artist, row.tags.album)
    return frozenset() if key is None else frozenset({key})


def by_genre(row: Row) -> frozenset[str]:
    """Return those of the song's genres that the vocabulary knows."""
    return genres(row.tags.genre)


KEYS: Mapping[str, Key] = MappingProxyType({"artist": by_artist, "album": by_album, "genre": by_genre})


def retrieval_figures(vectors: Vectors, rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Return ``{"artist"|"album"|"genre": {"queries", "p_at_1", "r_at_5", "map"}}``.

    Parameters
    ----------
    vectors : np.ndarray, shape=(n, d)
        Song vectors, in the order of ``rows``. Neighbours are the other songs; queries those with a relevant one.
    """
    return {name: asdict(retrieval(vectors, [key(row) for row in rows])) for name, key in KEYS.items()}


def chance_figures(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Return what ``retrieval_figures`` would be, on average, if neighbours were drawn at random."""
    return {name: asdict(_chance([key(row) for row in rows])) for name, key in KEYS.items()}


def _chance(keys: Sequence[frozenset[str]]) -> Retrieval:
    others = len(keys) - 1
    counts = [sum(bool(own & key) for key in keys) - 1 for own in keys if own]
    relevant = np.array([count for count in counts if count > 0], dtype=np.float64)
    if not relevant.size:
        return Retrieval(0, 0.0, 0.0, 0.0)
    share = relevant / others
    fives = min(5, others) * share / np.minimum(5, relevant)
    # The k-th song is relevant with probability share; given that, (k - 1) others of (others - 1) stand before it.
    harmonic = float(np.sum(1 / np.arange(1, others + 1)))
    above = (relevant - 1) / max(others - 1, 1)
    precision = above + (1 - above) * harmonic / others
    return Retrieval(len(relevant), float(share.mean()), float(fives.mean()), float(precision.mean()))
