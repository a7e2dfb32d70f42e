"""What might be done to vectors after the network; what is fitted is fitted to other songs than those measured."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from songs.vectors import Vectors, unit

_SMALLEST = 1e-6  # of the largest variance: directions with less are noise, and whitening would blow it up


def centred(vectors: Vectors, taught: Vectors) -> Vectors:
    """Return unit vectors less the mean of the taught ones, at unit length again."""
    return unit(unit(vectors) - unit(taught).mean(axis=0))


def whitened(vectors: Vectors, taught: Vectors, strength: float) -> Vectors:
    """Return centred vectors with their principal directions evened out, at unit length.

    Parameters
    ----------
    vectors : np.ndarray, shape=(n, d)
    taught : np.ndarray, shape=(m, d)
        Songs whose mean and covariance are used.
    strength : float in [0, 1]
        0 centres only; 1 gives every direction of the taught songs the same variance; a half lies between.
    """
    known = unit(taught).astype(np.float64)
    return unit((unit(vectors) - known.mean(axis=0)) @ evening(known, strength))


def evening(known: npt.NDArray[np.float64], strength: float) -> npt.NDArray[np.float64]:
    """Return the linear map that evens out the principal directions of rows, shape=(d, k), k the directions kept."""
    variances, directions = np.linalg.eigh(np.cov(known.T))
    kept = variances > _SMALLEST * variances.max()
    return np.asarray(directions[:, kept] * variances[kept] ** (-strength / 2), dtype=np.float64)


def mean_of_directions(slices: Sequence[Vectors]) -> Vectors:
    """Return the mean of a song's slices, each at unit length first: no slice weighs more than another."""
    return unit(np.stack([unit(own).mean(axis=0) for own in slices]))


def mean_by_norm(slices: Sequence[Vectors], taught: Sequence[Vectors]) -> Vectors:
    """Return the mean of the slices' directions, weighted by a softmax over their lengths: a plain attention.

    Lengths are standardised by those of the taught slices: the unit of attention is one standard deviation.
    """
    lengths = np.linalg.norm(np.concatenate(taught), axis=1)
    spread = max(float(lengths.std()), 1e-12)
    return unit(np.stack([_softmax(np.linalg.norm(own, axis=1) / spread) @ unit(own) for own in slices]))


def mean_and_deviation(slices: Sequence[Vectors], taught: Sequence[Vectors]) -> Vectors:
    """Return the mean and, beside it, how much the slices deviate from it; shape=(n, 2 d).

    Both halves are divided by the mean length that they have over the taught songs, so that they weigh the same.
    """
    of = [_moments(own) for own in slices]
    known = [_moments(own) for own in taught]
    halves = []
    for half in (0, 1):
        scale = max(float(np.mean([np.linalg.norm(one[half]) for one in known])), 1e-12)
        centre = np.mean([one[half] for one in known], axis=0) if half else 0.0
        halves.append(np.stack([(one[half] - centre) / scale for one in of]))
    return unit(np.concatenate(halves, axis=1))


def _moments(own: Vectors) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    directions = unit(own)
    return unit(own.mean(axis=0)), directions.std(axis=0)


def _softmax(scores: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum(), dtype=np.float32)
