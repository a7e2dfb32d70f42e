"""Generations: immutable folders that hold an index as it was at one sequence number of the change log.

::

    <home>/index/<log>/<model>/gen-00000000000000000042/    vectors.faiss  ids  manifest.json

A generation is written beside, synced and renamed; it is there as a whole or not at all.
"""

import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from indexer.faiss_index import FaissSearch, read_flat, write_flat
from indexer.rows import SortedRows, write_sorted
from songs.errors import GenerationDamaged, IndexMismatch
from songs.identity import SongId
from songs.vectors import Vectors

log = logging.getLogger("soundkin.index")

FORMAT = 1
FLAT = "flat"
KEEP = 2  # generations: the newest, and one to fall back on
VECTORS, IDS, MANIFEST = "vectors.faiss", "ids", "manifest.json"
_NAME = re.compile(r"gen-(\d{20})\Z")
_TRACES = (".part-", ".old-")  # what a crash may leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """First file read when a generation is opened."""

    format: int  # 1
    type: str  # kind of index: flat
    model: str  # bundle that made the vectors: vectors of two models never mix
    dimensions: int
    songs: int
    seq: int  # newest line of the change log that it contains
    files: Mapping[str, str]  # name -> sha256, hex

    def check(self, model: str, dimensions: int) -> None:
        """Raise IndexMismatch where the vectors are of another model or dimension."""
        if (self.model, self.dimensions) != (model, dimensions):
            raise IndexMismatch(have=(self.model, self.dimensions), want=(model, dimensions))


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation that was opened and found whole; its files are mapped, so it stays readable after its removal."""

    path: Path
    manifest: Manifest
    search: FaissSearch
    rows: SortedRows


@dataclass(frozen=True, slots=True)
class Generations:
    """All generations of one model below an index directory."""

    directory: Path
    model: str
    dimensions: int

    @property
    def folder(self) -> Path:
        """Where the generations of this model lie."""
        return self.directory / quote(self.model, safe="").replace(".", "%2E", 1 if self.model.startswith(".") else 0)

    def newest(self, upto: int) -> Generation | None:
        """Open the newest good generation that holds no line after ``upto``; ``None`` where there is none.

        One beyond ``upto`` belongs to another database. A damaged one is logged and passed over.

        Raises
        ------
        IndexMismatch
            A generation in this place is of another model or dimension.
        """
        for seq, path in self._listed():
            if seq > upto:
                continue
            try:
                return self._open(path, seq)
            except GenerationDamaged as damage:
                if path.exists():  # else it was removed between listing and opening, as old ones are
                    log.error("%s: %s", damage.code, damage)  # noqa: TRY400 - named by its message, no trace needed
        return None

    def mark(self) -> tuple[int, int, int] | None:
        """Return what changes whenever a generation is published, without opening any; ``None`` where none is."""
        for seq, path in self._listed():
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            return seq, stat.st_ino, stat.st_mtime_ns
        return None

    def publish(self, seq: int, song_ids: Sequence[SongId], vectors: Vectors) -> Path:
        """Write a generation of unit vectors, shape (n, d), with ascending ids, and remove those no longer needed.

        Only one process may publish below one directory: ``IndexWriter`` sees to that.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=_TRACES[0], dir=self.folder))
        try:
            self._write(part, seq, song_ids, vectors)
            final = self.folder / f"gen-{seq:020}"
            if final.exists():  # built again from rows: a folder cannot be renamed over another
                final.rename(Path(tempfile.mkdtemp(prefix=_TRACES[1], dir=self.folder)) / final.name)
            part.rename(final)
            _sync(self.folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        self._prune(seq)
        return final

    def _listed(self) -> Iterator[tuple[int, Path]]:
        """Yield (sequence number, folder), newest first."""
        try:
            names = sorted(os.listdir(self.folder), reverse=True)  # noqa: PTH208 - names are all that is needed
        except (FileNotFoundError, NotADirectoryError):
            return
        for name in names:
            if match := _NAME.match(name):
                yield int(match[1]), self.folder / name

    def _write(self, part: Path, seq: int, song_ids: Sequence[SongId], vectors: Vectors) -> None:
        write_flat(part / VECTORS, vectors)
        write_sorted(part / IDS, song_ids)
        manifest = Manifest(
            format=FORMAT, type=FLAT, model=self.model, dimensions=self.dimensions, songs=len(song_ids), seq=seq,
            files={name: _sha256(part / name) for name in (VECTORS, IDS)},
        )  # fmt: skip
        (part / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        for path in (part / VECTORS, part / IDS, part / MANIFEST, part):
            _sync(path)

    def _open(self, path: Path, seq: int) -> Generation:
        try:
            return self._whole(path, seq)
        except (OSError, ValueError) as error:
            raise GenerationDamaged(str(path), str(error)) from error

    def _whole(self, path: Path, seq: int) -> Generation:
        manifest = _manifest(path, seq)
        manifest.check(self.model, self.dimensions)
        for name, sha256 in manifest.files.items():
            if _sha256(path / name) != sha256:
                raise ValueError(f"{name} is not what was written")
        rows = SortedRows(path / IDS)
        flat = read_flat(path / VECTORS)
        if not flat.ntotal == len(rows) == manifest.songs or flat.d != manifest.dimensions:
            raise ValueError(f"{flat.ntotal} vectors ({flat.d}-d) and {len(rows)} ids for {manifest.songs} songs")
        return Generation(path, manifest, FaissSearch(flat, rows), rows)

    def _prune(self, seq: int) -> None:
        """Keep the newest generations up to ``seq``; those beyond it are of a database that is no more."""
        kept = 0
        for number, path in list(self._listed()):
            if number <= seq and kept < KEEP:
                kept += 1
            else:
                shutil.rmtree(path, ignore_errors=True)
        for path in self.folder.iterdir():
            if path.name.startswith(_TRACES):
                shutil.rmtree(path, ignore_errors=True)


def _manifest(path: Path, seq: int) -> Manifest:
    """Read a manifest; raises ValueError for anything that this version did not write there."""
    data: Any = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    if not isinstance(data, dict) or data.get("format") != FORMAT or data.get("type") != FLAT:
        raise ValueError(f"{MANIFEST} is not of format {FORMAT} and type {FLAT}")
    try:
        manifest = Manifest(**data)
    except TypeError as error:
        raise ValueError(f"{MANIFEST}: {error}") from error
    if set(manifest.files) != {VECTORS, IDS} or manifest.seq != seq:
        raise ValueError(f"{MANIFEST} describes another generation")
    return manifest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Bring a file or a folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
