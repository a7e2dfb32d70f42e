"""FAISS behind the index port; the only module that imports faiss."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np

from indexer.ranking import TIE, ranked
from indexer.rows import Numbers, Rows, RowTable
from songs.errors import UnknownSong
from songs.identity import SongId
from songs.ports import ALL, Neighbour, SongSet
from songs.vectors import Vector, Vectors, unit

SLACK = 16  # rows asked for beyond k, so that ties at the cut are seen whole
GATHER = 0.02  # share of the rows below which reading those alone is faster than a scan that skips the others

_python: Any = faiss  # its type stubs describe the C++ constructors, not what the Python wrappers take


def single_threaded() -> None:
    """Search with one thread from now on: processes of a web server times threads of OpenMP would oversubscribe."""
    faiss.omp_set_num_threads(1)


def write_flat(path: Path, vectors: Vectors) -> None:
    """Write unit vectors, shape (n, d), in faiss's own format; not atomic."""
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(np.ascontiguousarray(vectors, dtype=np.float32))
    faiss.write_index(flat, str(path))


def read_flat(path: Path) -> Any:
    """Map a file of ``write_flat`` into memory, to be read only; raises ValueError for anything else."""
    try:
        flat = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise ValueError(str(error).splitlines()[0]) from error
    if not isinstance(flat, faiss.IndexFlatIP):
        raise ValueError(f"{type(flat).__name__} where a flat inner-product index was expected")  # noqa: TRY004 - a file, no argument
    return flat


class FaissSearch:
    """The reading half: neighbours by comparing with every row, exactly, on whatever flat index it is given."""

    def __init__(self, flat: Any, rows: Rows) -> None:
        self._flat, self._rows = flat, rows

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._flat.d)

    def vector(self, song_id: SongId) -> Vector:
        """Return the unit vector of a song; raises UnknownSong."""
        row = self._rows.row(song_id)
        if row is None:
            raise UnknownSong(song_id)
        found: Vector = self._flat.reconstruct(row)
        return found

    def nearest(self, vector: Vector, k: int, among: SongSet = ALL) -> list[Neighbour]:
        """Return at most ``k`` songs, best first, ties by song id.

        A set that can be counted and walked through costs less than one that can only be asked.
        """
        query = unit(self._checked(vector))
        if k <= 0 or not len(self):
            return []
        if among is ALL:
            return self._ranked(query, k, self._candidates(query, k))
        if isinstance(among, Collection):
            return self._within(query, k, self._rows.of(among))
        return self._where(query, k, among)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, song_id: SongId) -> bool:
        return self._rows.row(song_id) is not None

    def matrix(self) -> Vectors:
        """Return a copy of all vectors, shape (n, d), in the order of their rows."""
        found: Vectors = (
            self._flat.reconstruct_n(0, len(self)) if len(self) else np.zeros((0, self.dimensions), np.float32)
        )
        return found

    def _where(self, query: Vector, k: int, among: SongSet) -> list[Neighbour]:
        """Ask the set about the closest few, and about everybody only where too few of them are in it."""
        scores, rows = self._scan(query, 4 * k + 4 * SLACK)
        kept = [place for place, row in enumerate(rows) if self._rows.song(int(row)) in among]
        if len(rows) == len(self) or (len(kept) >= k and scores[kept[k - 1]] - scores[-1] > TIE):
            return self._ranked(query, k, rows[kept])
        inside = [row for row in range(len(self)) if self._rows.song(row) in among]
        return self._within(query, k, np.array(inside, dtype=np.int64))

    def _within(self, query: Vector, k: int, rows: Numbers) -> list[Neighbour]:
        """Rank certain rows only."""
        if len(rows) <= GATHER * len(self):
            return self._ranked(query, k, rows)
        wanted = np.zeros(len(self), dtype=bool)
        wanted[rows] = True
        bits = np.packbits(wanted, bitorder="little")
        among = _python.SearchParameters(sel=_python.IDSelectorBitmap(bits))
        return self._ranked(query, k, self._candidates(query, k, among, len(rows)))

    def _candidates(self, query: Vector, k: int, among: Any = None, population: int | None = None) -> Numbers:
        """Return rows that hold the ``k`` best of a population, and everything that ties with the last of them."""
        everybody = len(self) if population is None else population
        count = k + SLACK
        while True:
            scores, rows = self._scan(query, count, among)
            if len(rows) >= everybody or scores[k - 1] - scores[-1] > TIE:
                return rows
            count *= 8

    def _scan(self, query: Vector, count: int, among: Any = None) -> tuple[Vector, Numbers]:
        scores, rows = self._flat.search(query[np.newaxis], min(count, len(self)), params=among)
        found = rows[0] >= 0  # faiss fills up with -1
        return scores[0][found], rows[0][found]

    def _ranked(self, query: Vector, k: int, rows: Numbers) -> list[Neighbour]:
        vectors = self._flat.reconstruct_batch(rows) if len(rows) else np.zeros((0, self.dimensions), np.float32)
        return ranked(vectors, query, lambda place: self._rows.song(int(rows[place])), k)

    def _checked(self, vector: Vector) -> Vector:
        given = np.asarray(vector, dtype=np.float32)
        if given.shape != (self.dimensions,) or not np.isfinite(given).all():
            raise ValueError(f"a vector is {self.dimensions} finite numbers, not {given.shape}")
        return given


class FaissIndex(FaissSearch):
    """A whole index in memory. A changed vector is written over its row; a deleted row is filled by the last one.

    Not to be written to while it is searched: whoever shares it between threads holds a lock.
    """

    def __init__(self, dimensions: int) -> None:
        self._table = RowTable()
        super().__init__(faiss.IndexFlatIP(dimensions), self._table)

    @classmethod
    def of(cls, song_ids: Sequence[SongId], vectors: Vectors) -> Self:
        """Build an index at once from ids, each once, and their vectors, shape (n, d), of any length."""
        index = cls(vectors.shape[1])
        index._table = RowTable(song_ids)
        index._rows = index._table
        index._flat.add(unit(vectors))
        return index

    def upsert(self, song_id: SongId, vector: Vector) -> None:
        """Put a song in, or replace its vector; raises ValueError for another dimension."""
        row = self._table.row(song_id)
        ours = unit(self._checked(vector))
        if row is None:
            self._flat.add(ours[np.newaxis])
            self._table.append(song_id)
        else:
            self._matrix()[row] = ours

    def delete(self, song_id: SongId) -> None:
        """Take a song out; one that is not there is no error."""
        row = self._table.row(song_id)
        if row is None:
            return
        last = len(self) - 1
        matrix = self._matrix()
        matrix[row] = matrix[last]
        self._flat.codes.resize(last * self._flat.code_size)
        self._flat.ntotal = last
        self._table.remove(song_id)

    def everything(self) -> tuple[Sequence[SongId], Vectors]:
        """Return ids in ascending order, and a copy of their vectors, shape (n, d)."""
        ids = self._table.songs()
        order = sorted(range(len(ids)), key=ids.__getitem__)
        return [ids[row] for row in order], self._matrix()[order]

    def _matrix(self) -> Vectors:
        """Return faiss's own memory; it moves when a row is added."""
        n = len(self)
        if not n:
            return np.zeros((0, self.dimensions), np.float32)
        flat: Vector = faiss.rev_swig_ptr(self._flat.get_xb(), n * self.dimensions)
        return flat.reshape(n, self.dimensions)
