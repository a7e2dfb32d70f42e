"""A generation with the log's tail applied to it, as one index."""

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from indexer.faiss_index import FaissIndex
from indexer.generations import Generation
from indexer.ranking import in_order
from songs.errors import UnknownSong
from songs.identity import SongId
from songs.ports import ALL, Change, Neighbour, SongSet
from songs.vectors import Vector


@dataclass(frozen=True, slots=True)
class _Except:
    """A set without those songs of the generation that are gone or have a newer vector."""

    among: SongSet
    hidden: frozenset[SongId]

    def __contains__(self, song_id: object, /) -> bool:
        return song_id not in self.hidden and song_id in self.among


class View:
    """Searches an immutable base and a small delta; a song is in one of them at most. Safe between threads.

    Parameters
    ----------
    model : str
        Version whose vectors these are.
    base : Generation, optional
        Absent where none was published yet; then ``delta`` holds everything.
    delta : FaissIndex
        Songs that are not in the base, or have another vector there.
    seq : int
        Newest line of the log that base and delta hold together.
    """

    def __init__(self, model: str, base: Generation | None, delta: FaissIndex, seq: int) -> None:
        self.model, self.base, self.seq = model, base, seq
        self._delta = delta
        self._hidden: frozenset[SongId] = frozenset()  # songs of the base that it no longer answers for
        self._lock = threading.Lock()  # held while the delta is written or searched, never for the base

    def apply(self, changes: Iterable[Change]) -> None:
        """Take in further lines of the log, oldest first."""
        with self._lock:
            hidden = set(self._hidden)
            for change in changes:
                if self.base is not None and change.song_id in self.base.search:
                    hidden.add(change.song_id)
                if change.vector is None:
                    self._delta.delete(change.song_id)
                else:
                    self._delta.upsert(change.song_id, change.vector)
                self.seq = change.seq
            self._hidden = frozenset(hidden)

    def vector(self, song_id: SongId) -> Vector:
        """Return the unit vector of a song; raises UnknownSong."""
        with self._lock:
            if song_id in self._delta:
                return self._delta.vector(song_id)
            hidden = self._hidden
        if self.base is None or song_id in hidden:
            raise UnknownSong(song_id)
        return self.base.search.vector(song_id)

    def nearest(self, vector: Vector, k: int, among: SongSet = ALL) -> list[Neighbour]:
        """Return at most ``k`` songs, best first, ties by song id."""
        with self._lock:
            hits = self._delta.nearest(vector, k, among)
            hidden = self._hidden  # as of the same moment: a song that moves to the delta meanwhile is not seen twice
        if self.base is None:
            return hits
        return in_order(hits + self.base.search.nearest(vector, k, _without(among, hidden)))[: max(k, 0)]

    def __len__(self) -> int:
        with self._lock:
            below = 0 if self.base is None else len(self.base.search) - len(self._hidden)
            return below + len(self._delta)


def _without(among: SongSet, hidden: frozenset[SongId]) -> SongSet:
    if not hidden:
        return among
    if isinstance(among, Collection):  # stays countable, which an index can use
        return [song_id for song_id in among if song_id not in hidden]
    return _Except(among, hidden)
