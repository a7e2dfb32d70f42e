"""The songs that heads are fitted and measured on, and what a network heard of them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embedder.runtime import Network
from embedder.split import SplitRule, artist_key
from embedder.training.dataset import Example, Progress, load_images
from embedder.training.heads import targets
from embedder.training.heads.targets import Target
from songs.manifest import Row

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

BATCH = 64  # slices that go through the network together


@dataclass(frozen=True, slots=True, eq=False)
class Songs:
    """Songs with what their manifests tell."""

    rows: Sequence[Row]
    corpora: npt.NDArray[np.str_]  # (n,), to weigh them by and to report on; no head reads it
    wanted: Mapping[str, Target]
    raters: npt.NDArray[np.float64]  # (n,)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def artists(self) -> list[str]:
        """The artist of every song; a song without one stands alone."""
        return [artist_key(row.tags.artist) or f"nobody {i}" for i, row in enumerate(self.rows)]

    def folds(self, split: SplitRule) -> npt.NDArray[np.int64]:
        """Return the fold of every song, (n,); -1 for a song without an artist, which never counts as unheard."""
        found = [split.fold(row.tags.artist) for row in self.rows]
        return np.array([-1 if fold is None else fold for fold in found], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Hearing:
    """What one network heard of the songs, and which of them are by artists that never taught it."""

    evidence: Floats  # (n, d), mean over the slices of each song
    unheard: Mask  # (n,)


def songs(used: Sequence[Example]) -> Songs:
    """Return the songs of examples that kept their manifest's row; the others teach no head."""
    kept = [example for example in used if example.row is not None]
    rows = [example.row for example in kept if example.row is not None]
    corpora = np.array([example.corpus for example in kept], dtype=np.str_)
    return Songs(rows, corpora, targets.targets(rows), targets.raters(rows))


def evidence(network: Network, used: Sequence[Example], progress: Progress) -> Floats:
    """Return the mean evidence of every song, shape=(n, d)."""
    found = np.empty((len(used), network.evidence), dtype=np.float32)
    for i, example in enumerate(used):
        images = load_images(example)
        parts = [network.hear(images[start : start + BATCH])[1] for start in range(0, len(images), BATCH)]
        found[i] = np.concatenate(parts).mean(axis=0)
        progress("hearing for labels", (i + 1) / len(used))
    return found


def cached_evidence(graph: bytes, used: Sequence[Example], cache: Path, progress: Progress) -> Floats:
    """Return ``evidence`` of a serialised network, kept on disk by the network and the songs' images."""
    names = "|".join(example.images.name for example in used).encode()
    key = hashlib.sha256(hashlib.sha256(graph).digest() + names).hexdigest()[:32]
    kept = cache / f"evidence-{key}.npy"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        beside = kept.with_suffix(".new")
        with beside.open("wb") as file:
            np.save(file, evidence(Network(graph), used, progress))
        beside.replace(kept)
    loaded: Floats = np.load(kept, allow_pickle=False)
    return loaded
