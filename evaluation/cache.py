"""Arrays that take long to make, kept in files: a run that was stopped goes on where it was."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of ``.npz``, each named for the hash of its key. Safe for several processes: files appear whole."""

    folder: Path

    def get(self, key: str) -> Arrays | None:
        """Return what was put under a key, ``None`` where nothing was."""
        path = self._path(key)
        if not path.exists():
            return None
        with np.load(path, allow_pickle=False) as kept:
            return dict(kept)

    def put(self, key: str, arrays: Arrays) -> None:
        """Keep arrays under a key; what the key does not say must not decide them."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        with beside.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        beside.replace(path)

    def _path(self, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.npz"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's content: two copies of one recording share what was made of it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
