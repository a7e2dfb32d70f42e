"""What all heads read: the evidence of a song, evened out, and how near it is to typical songs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedder.settings import Evidence

FARTHEST = 4.0  # standard deviations: what is farther out counts as this far

Floats = npt.NDArray[np.float32]
Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scales:
    """How evidence is evened out: each number standardised, held within ``FARTHEST`` and weighed."""

    middle: Floats  # (d,)
    spread: Floats  # (d,), > 0
    weight: Floats  # (d,), so that each part of the evidence has a mean square length of 1

    def __call__(self, evidence: npt.NDArray[np.floating]) -> Table:
        """Return evened-out evidence of the same shape, (d,) or (n, d)."""
        away = (evidence.astype(np.float64) - self.middle) / self.spread
        return np.clip(away, -FARTHEST, FARTHEST) * self.weight


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Scores of all heads: a linear model of the evidence plus one of its nearness to centres (Nystroem's kernel).

    ``scores = z @ linear + k(z, centres) @ near + bias`` where z is the evened-out evidence and
    ``k(z, c) = mean over parts of exp(-|z - c|^2)``, each part of the evidence with its own distance. Centres are means
    of songs, none a song itself.

    Raises
    ------
    ValueError
        Where the shapes do not fit each other, or a spread is not positive.
    """

    scales: Scales
    parts: Sequence[int]  # sizes of the parts of the evidence, in their order; their sum is d
    centres: Floats  # (m, d), evened out
    linear: Floats  # (d, k)
    near: Floats  # (m, k)
    bias: Floats  # (k,)

    def __post_init__(self) -> None:
        d, m, k = len(self.scales.middle), len(self.centres), len(self.bias)
        have = [x.shape for x in (self.scales.middle, self.scales.spread, self.scales.weight)]
        have += [x.shape for x in (self.centres, self.linear, self.near, self.bias)]
        if have != [(d,), (d,), (d,), (m, d), (d, k), (m, k), (k,)] or not m:
            raise ValueError(f"its heads' arrays do not fit each other: {have}")
        if sum(self.parts) != d or min(self.parts) < 1:
            raise ValueError(f"parts of {list(self.parts)} are not the {d} numbers of its evidence")
        if not (self.scales.spread > 0).all():
            raise ValueError("a spread of its evidence is not positive")

    @property
    def evidence(self) -> int:
        """Numbers of evidence that it reads."""
        return len(self.scales.middle)

    def __call__(self, evidence: Evidence) -> Table:
        """Return the scores of songs.

        Parameters
        ----------
        evidence : np.ndarray, shape=(n, d) or (d,), float32
            Mean over the sounding slices of each song.

        Returns
        -------
        scores : np.ndarray, shape=(n, k) or (k,), float64
        """
        z = self.scales(np.atleast_2d(evidence))
        scores: Table = z @ self.linear + nearness(z, self.centres, self.parts) @ self.near + self.bias
        return scores if evidence.ndim == 2 else scores[0]


def nearness(z: Table, centres: npt.NDArray[np.floating], parts: Sequence[int]) -> Table:
    """Return how near rows are to centres, 0 to 1, shape=(n, m); see ``Reading``."""
    ends = np.cumsum(parts)[:-1]
    total = np.zeros((len(z), len(centres)))
    for a, c in zip(np.split(z, ends, axis=1), np.split(centres.astype(np.float64), ends, axis=1), strict=True):
        squares = (a * a).sum(axis=1)[:, None] + (c * c).sum(axis=1) - 2 * a @ c.T
        total += np.exp(-np.maximum(squares, 0))
    return total / len(parts)
