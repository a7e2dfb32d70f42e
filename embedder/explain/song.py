"""A song as an explanation sees it: images that are heard and scored, whole or with some of their cells deleted."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from embedder.settings import Image, Images

CELLS = 8  # along each side of an image: 0.64 s by 32 mel bands
BATCH = 16  # images that are heard together

Cells: TypeAlias = npt.NDArray[np.bool_]  # (n_slices, CELLS, CELLS): slice, band from the lowest, time
Evidence: TypeAlias = npt.NDArray[np.float32]  # (d,) of a song, (n, d) of slices
Hear: TypeAlias = Callable[[Images], Evidence]  # (n, mels, frames) -> (n, d), each row by its own image
Score: TypeAlias = Callable[[Evidence], float]  # (d,), mean evidence of a song -> how much a label fits
Progress: TypeAlias = Callable[[float], None]  # told the share that is done, 0 to 1


@dataclass(frozen=True, slots=True, eq=False)
class ScoredSong:
    """Slices of a song, and how they are heard and scored.

    A cell is deleted by putting its bands' mean over the song in its place: zero would be 80 dB down, a sound that the
    network has never met there.
    """

    images: Images  # (n_slices, mels, frames), sounding ones, n_slices >= 1
    hear: Hear
    score: Score
    bands: Image  # (mels, 1), mean of each band over the song
    evidence: Evidence  # (n_slices, d)

    @classmethod
    def listen(cls, images: Images, hear: Hear, score: Score) -> "ScoredSong":
        """Hear a song as it is."""
        bands = images.mean(axis=(0, 2), dtype=np.float64).astype(np.float32)[:, None]
        heard = [hear(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
        return cls(images, hear, score, bands, np.concatenate(heard))

    def __call__(self) -> float:
        """Return the score of the whole song: of the mean evidence over its slices."""
        return self.score(self.evidence.mean(axis=0, dtype=np.float64).astype(np.float32))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of its cells."""
        return len(self.images), CELLS, CELLS

    def energy(self) -> npt.NDArray[np.float64]:
        """Return how much deleting each cell changes its image: the sum of squared differences, shape=``shape``."""
        n, mels, frames = self.images.shape
        changed = np.square(self.images - self.bands, dtype=np.float32)
        parts = changed.reshape(n, CELLS, mels // CELLS, CELLS, frames // CELLS)
        return np.asarray(parts.sum(axis=(2, 4), dtype=np.float64))

    def without(self, sets: Sequence[Cells], progress: Progress = lambda _: None) -> npt.NDArray[np.float64]:
        """Return the song's score without each of some sets of cells.

        Parameters
        ----------
        sets : sequence of np.ndarray, shape=``shape``, bool
            Cells that are deleted together.

        Returns
        -------
        scores : np.ndarray, shape=(len(sets),), float64
        """
        sums = np.tile(self.evidence.sum(axis=0, dtype=np.float64), (len(sets), 1))
        touched = [(k, int(i)) for k, cells in enumerate(sets) for i in np.flatnonzero(cells.any(axis=(1, 2)))]
        work = iter(touched)
        done = 0
        while batch := list(islice(work, BATCH)):
            heard = self.hear(np.stack([self._deleted(i, sets[k][i]) for k, i in batch]))
            for (k, i), one in zip(batch, heard, strict=True):
                sums[k] += one.astype(np.float64) - self.evidence[i]
            done += len(batch)
            progress(done / len(touched))
        return np.array([self.score(one.astype(np.float32)) for one in sums / len(self.images)], dtype=np.float64)

    def _deleted(self, index: int, cells: npt.NDArray[np.bool_]) -> Image:
        """Return a slice's image without some of its cells, (CELLS, CELLS)."""
        image = self.images[index]
        mels, frames = image.shape
        mask = np.kron(cells, np.ones((mels // CELLS, frames // CELLS), dtype=np.bool_))
        return np.where(mask, self.bands, image)


def single_cells(shape: tuple[int, int, int]) -> Iterable[Cells]:
    """Yield every cell as a set of its own, in the order of a flattened array."""
    for place in range(int(np.prod(shape))):
        cells = np.zeros(shape, dtype=np.bool_)
        cells.flat[place] = True
        yield cells
