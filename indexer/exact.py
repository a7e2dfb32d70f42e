"""The in-memory twin of the index port: compares with every vector, and is the oracle of all other indexes."""

import numpy as np

from indexer.ranking import ranked
from songs.errors import UnknownSong
from songs.identity import SongId
from songs.ports import ALL, Neighbour, SongSet
from songs.vectors import Vector, unit


class ExactIndex:
    """A dictionary of unit vectors; dimensions are those of the first one."""

    def __init__(self) -> None:
        self._vectors: dict[SongId, Vector] = {}

    def upsert(self, song_id: SongId, vector: Vector) -> None:
        """Put a song in, or replace its vector."""
        self._vectors[song_id] = unit(vector)

    def delete(self, song_id: SongId) -> None:
        """Take a song out; one that is not there is no error."""
        self._vectors.pop(song_id, None)

    def vector(self, song_id: SongId) -> Vector:
        """Return the unit vector of a song; raises UnknownSong."""
        try:
            return self._vectors[song_id]
        except KeyError:
            raise UnknownSong(song_id) from None

    def nearest(self, vector: Vector, k: int, among: SongSet = ALL) -> list[Neighbour]:
        """Return at most ``k`` songs, best first, ties by song id."""
        ids = [song_id for song_id in self._vectors if song_id in among]
        if not ids:
            return []
        return ranked(np.stack([self._vectors[song_id] for song_id in ids]), unit(vector), ids.__getitem__, k)

    def __len__(self) -> int:
        return len(self._vectors)
