"""What a model made of a file, kept: vectors of song and slices, and labels."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embedder.embedder import Heard
from evaluation.cache import Cache, digest
from songs.labels import Labels
from songs.vectors import Vector, Vectors

FORMAT = 1  # of what is kept; another number, and everything is heard again


@dataclass(frozen=True, slots=True, eq=False)
class Hearing:
    """One song."""

    vector: Vector
    slices: Vectors  # (n_slices, d)
    labels: Labels


@dataclass(frozen=True, slots=True)
class Hearings:
    """The hearings of one model, by the content of the files."""

    cache: Cache
    model: str

    def known(self, path: Path) -> Hearing | None:
        """Return what was heard before; raises OSError where the file may not be read."""
        kept = self.cache.get(self._key(path))
        if kept is None:
            return None
        return Hearing(kept["vector"], kept["slices"], Labels.from_json(json.loads(str(kept["labels"]))))

    def keep(self, path: Path, heard: Heard) -> Hearing:
        """Keep what was heard just now."""
        made = Hearing(heard.embedding.vector, heard.embedding.slice_vectors, heard.labels)
        labels = np.array(json.dumps(made.labels.as_json()))
        self.cache.put(self._key(path), {"vector": made.vector, "slices": made.slices, "labels": labels})
        return made

    def _key(self, path: Path) -> str:
        return f"hearing {FORMAT} {self.model} {digest(path)}"
