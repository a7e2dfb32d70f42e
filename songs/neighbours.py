"""From vectors to neighbours: the ports of an index."""

from dataclasses import dataclass
from typing import Protocol

from songs.identity import SongId
from songs.vectors import Vector


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A song and how close it is: cosine, -1 to 1."""

    song_id: SongId
    score: float


class SongSet(Protocol):
    """Which songs may be answered."""

    def __contains__(self, song_id: object, /) -> bool: ...


class Everything:
    """The set that holds every song."""

    def __contains__(self, song_id: object, /) -> bool:
        return True


ALL = Everything()


class SongSearch(Protocol):
    """The reading half of an index: cosine neighbours of song vectors."""

    def vector(self, song_id: SongId) -> Vector:
        """Return the unit vector of a song; raises UnknownSong."""
        ...

    def nearest(self, vector: Vector, k: int, among: SongSet = ALL) -> list[Neighbour]:
        """Return at most ``k`` songs, best first, ties by song id; ``vector`` of any positive length."""
        ...

    def __len__(self) -> int: ...


class SongIndex(SongSearch, Protocol):
    """A whole index. Vectors go in raw and are kept at unit length."""

    def upsert(self, song_id: SongId, vector: Vector) -> None:
        """Put a song in, or replace its vector."""
        ...

    def delete(self, song_id: SongId) -> None:
        """Take a song out; one that is not there is no error."""
        ...
