"""Where songs come from: files and folders, each under one canonical name."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from songs.errors import AudioEmpty, AudioNotFound, AudioNotReadable, UnsupportedSource
from store.library import vanished

AUDIO_SUFFIXES = frozenset({
    ".aac", ".aif", ".aiff", ".alac", ".ape", ".flac", ".m4a", ".m4b", ".mka", ".mp2", ".mp3", ".mp4", ".mpc", ".oga",
    ".ogg", ".opus", ".wav", ".wma", ".wv",
})  # fmt: skip
_BLOCK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file was when it was looked at."""

    sha256: str  # hex
    size: int  # bytes
    mtime_ns: int


def is_url(text: str) -> bool:
    """Tell whether ``text`` is an address rather than a path."""
    return text.lower().startswith(("http://", "https://"))


def canonical(path: str | Path) -> str:
    """Return the real absolute path, which names a file whatever links lead to it."""
    return os.path.realpath(path)


def encodable(source: str) -> bool:
    """Tell whether a path is valid Unicode: others cannot be kept in a database."""
    try:
        source.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def facts(path: str) -> FileFacts:
    """Read and hash a file.

    Raises
    ------
    AudioNotFound, AudioNotReadable, AudioEmpty
        Not there; not a file or no permission; 0 bytes.
    """
    digest = hashlib.sha256()
    try:
        # O_NONBLOCK: opening a pipe that nobody writes to would wait for ever
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            stat = os.fstat(file.fileno())
            if not S_ISREG(stat.st_mode):
                raise AudioNotReadable(path, "it is not a regular file")
            while block := file.read(_BLOCK):
                digest.update(block)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise AudioNotFound(path) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise AudioNotReadable(path, getattr(error, "strerror", None) or str(error)) from error
    if stat.st_size == 0:
        raise AudioEmpty(path)
    return FileFacts(digest.hexdigest(), stat.st_size, stat.st_mtime_ns)


def touched(path: str) -> tuple[int, int] | None:
    """Return (bytes, mtime in ns) without reading the file, ``None`` where there is none."""
    try:
        stat = Path(path).stat()
    except (OSError, ValueError):
        return None
    return stat.st_size, stat.st_mtime_ns


@dataclass(slots=True)
class Walk:
    """One look through a folder; ``refused`` fills with what could not be looked into, as (path, why)."""

    folder: Path
    refused: list[tuple[str, str]]

    def __iter__(self) -> Iterator[str]:
        """Yield each audio file below the folder once, as canonical path, in the order of names.

        Links are followed, but no folder is entered twice: a loop ends.
        """
        seen: set[str] = set()
        for path in self._files():
            source = canonical(path)
            if source in seen:
                continue
            seen.add(source)
            yield source

    def _files(self) -> Iterator[str]:
        entered: set[tuple[int, int]] = set()
        for root, folders, files in os.walk(self.folder, followlinks=True, onerror=self._refuse):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            place = Path(root).stat()
            if (place.st_dev, place.st_ino) in entered:
                folders.clear()
                continue
            entered.add((place.st_dev, place.st_ino))
            for name in sorted(files):
                if Path(name).suffix.lower() in AUDIO_SUFFIXES and not name.startswith("."):
                    yield str(Path(root) / name)

    def _refuse(self, error: OSError) -> None:
        self.refused.append((str(error.filename), error.strerror or str(error)))


def gone(sources: Iterable[str]) -> list[str]:
    """Return those canonical paths that are no longer there; uploads and addresses never are gone."""
    return [source for source in sources if vanished(source)]


def existing(path: str) -> Path:
    """Return a path that a person named; raises UnsupportedSource where nothing is there, or may not be looked at."""
    found = Path(path)
    try:
        found.stat()
    except (OSError, ValueError) as error:
        raise UnsupportedSource(path) from error
    return found
