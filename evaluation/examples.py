"""A few songs with their nearest neighbours, drawn so that nobody chose them; one of them a failure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.collection import Collection
from evaluation.hubness import cosines
from evaluation.retrieval import by_artist, by_genre
from songs.manifest import Row

NEIGHBOURS = 3


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A song that was found."""

    song: str  # artist - title
    score: float  # cosine
    same: tuple[str, ...]  # of artist and genre, what it shares with the song asked for


@dataclass(frozen=True, slots=True)
class Example:
    """A song and its nearest others of the same collection."""

    collection: str
    song: str
    genre: str
    neighbours: tuple[Neighbour, ...]

    @property
    def failed(self) -> bool:
        """Whether no neighbour shares artist or genre, though the genre is known."""
        return bool(self.genre) and not any(one.same for one in self.neighbours)


def examples(collections: Sequence[Collection], each: int = 2) -> list[Example]:
    """Return ``each`` songs of every collection, then the first failure of each that has one.

    Songs are drawn in the order of the SHA-256 of their names: an arbitrary order that stays.
    """
    drawn: list[Example] = []
    failures: list[Example] = []
    for songs in collections:
        if len(songs.rows) <= NEIGHBOURS:
            continue
        own = _examples(songs)
        drawn += own[:each]
        failures += [one for one in own[each:] if one.failed][:1]
    return drawn + failures


def _examples(songs: Collection) -> list[Example]:
    scores = cosines(songs.vectors)
    np.fill_diagonal(scores, -np.inf)
    names = [named(row) for row in songs.rows]
    order = sorted(range(len(names)), key=lambda i: hashlib.sha256(names[i].encode()).hexdigest())
    return [_example(songs, scores[i], i) for i in order]


def _example(songs: Collection, scores: np.ndarray, asked: int) -> Example:
    row = songs.rows[asked]
    nearest = np.argsort(-scores, kind="stable")[:NEIGHBOURS]
    found = tuple(Neighbour(named(songs.rows[i]), float(scores[i]), _shared(row, songs.rows[i])) for i in nearest)
    return Example(songs.name, named(row), ", ".join(sorted(by_genre(row))), found)


def named(row: Row) -> str:
    """Return "artist - title" of a row, or its file's name."""
    return " - ".join(name for name in (row.tags.artist, row.tags.title) if name) or row.path.stem


def _shared(one: Row, other: Row) -> tuple[str, ...]:
    keys = {"artist": by_artist, "genre": by_genre}
    return tuple(name for name, key in keys.items() if key(one) & key(other))
