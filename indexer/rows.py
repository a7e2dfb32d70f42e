"""Which song stands in which row of an index: a table that changes, and one that is mapped from a file."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from songs.identity import LENGTH, SongId, well_formed

Numbers = npt.NDArray[np.int64]
_ID = np.dtype(f"S{LENGTH}")  # an id in a file: 22 ASCII bytes


class Rows(Protocol):
    """Songs by row and rows by song."""

    def song(self, row: int) -> SongId:
        """Return the song of a row."""
        ...

    def row(self, song_id: SongId) -> int | None:
        """Return the row of a song, ``None`` where it has none."""
        ...

    def of(self, song_ids: Iterable[object]) -> Numbers:
        """Return the rows of those songs that have one, ascending, each once."""
        ...

    def __len__(self) -> int: ...


class RowTable:
    """Rows that come and go: the last one moves into a gap, so that there is none."""

    def __init__(self, song_ids: Iterable[SongId] = ()) -> None:
        self._songs = list(song_ids)
        self._rows = {song_id: row for row, song_id in enumerate(self._songs)}
        if len(self._rows) != len(self._songs):
            raise ValueError("a song id comes twice")

    def song(self, row: int) -> SongId:
        """Return the song of a row."""
        return self._songs[row]

    def row(self, song_id: SongId) -> int | None:
        """Return the row of a song, ``None`` where it has none."""
        return self._rows.get(song_id)

    def of(self, song_ids: Iterable[object]) -> Numbers:
        """Return the rows of those songs that have one, ascending, each once."""
        rows = {self._rows.get(SongId(song_id)) for song_id in song_ids if isinstance(song_id, str)}
        return np.array(sorted(row for row in rows if row is not None), dtype=np.int64)

    def songs(self) -> Sequence[SongId]:
        """Return all songs in the order of their rows."""
        return tuple(self._songs)

    def append(self, song_id: SongId) -> None:
        """Give a new song the next row."""
        self._rows[song_id] = len(self._songs)
        self._songs.append(song_id)

    def remove(self, song_id: SongId) -> None:
        """Forget a song; whoever stood in the last row stands in its row now."""
        gap, last = self._rows.pop(song_id), self._songs.pop()
        if last != song_id:
            self._songs[gap] = last
            self._rows[last] = gap

    def __len__(self) -> int:
        return len(self._songs)


class SortedRows:
    """Rows in the order of song ids, read from a file that all processes share: no table is built to open it."""

    def __init__(self, path: Path) -> None:
        empty = path.stat().st_size == 0  # an empty file cannot be mapped
        self._songs: npt.NDArray[np.bytes_] = np.zeros(0, _ID) if empty else np.memmap(path, _ID, mode="r")

    def song(self, row: int) -> SongId:
        """Return the song of a row."""
        return SongId(self._songs[row].decode("ascii"))

    def row(self, song_id: SongId) -> int | None:
        """Return the row of a song, ``None`` where it has none."""
        if not well_formed(song_id):
            return None
        name = np.bytes_(song_id.encode("ascii"))
        row = int(np.searchsorted(self._songs, name))
        return row if row < len(self._songs) and self._songs[row] == name else None

    def of(self, song_ids: Iterable[object]) -> Numbers:
        """Return the rows of those songs that have one, ascending, each once."""
        names = np.array([i.encode("ascii") for i in song_ids if isinstance(i, str) and well_formed(i)], _ID)
        if not len(names) or not len(self):
            return np.zeros(0, np.int64)
        rows = np.unique(np.minimum(np.searchsorted(self._songs, names), len(self) - 1))
        return rows[np.isin(self._songs[rows], names)]

    def songs(self) -> Sequence[SongId]:
        """Return all songs in the order of their rows."""
        return [SongId(name.decode("ascii")) for name in self._songs]

    def __len__(self) -> int:
        return len(self._songs)


def write_sorted(path: Path, song_ids: Sequence[SongId]) -> None:
    """Write ids for ``SortedRows``; raises ValueError for ids of another shape, order or number than one each."""
    if not all(map(well_formed, song_ids)) or any(a >= b for a, b in pairwise(song_ids)):
        raise ValueError("ids must be 22 letters and digits, ascending, each once")
    path.write_bytes("".join(song_ids).encode("ascii"))
