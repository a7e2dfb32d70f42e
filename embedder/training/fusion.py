"""What statistics know and what was learnt, side by side in one vector: a linear map, fitted, not learnt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Table: TypeAlias = npt.NDArray[np.float64]

CROWDING = 0.5  # a family of n numbers counts n to the power of (1 - CROWDING), not n


@dataclass(frozen=True, slots=True, eq=False)
class LinearMap:
    """``x @ matrix + bias``."""

    matrix: npt.NDArray[np.float32]  # (evidence, dimensions)
    bias: npt.NDArray[np.float32]  # (dimensions,)

    def __call__(self, x: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        """Return the images of rows."""
        return (x @ self.matrix + self.bias).astype(np.float32)


def principal(
    songs: npt.NDArray[np.floating], families: Mapping[str, int], dimensions: int, equalised: float
) -> LinearMap:
    """Fit the map from evidence to its principal axes on songs, without their labels.

    Columns are standardised, families weighed by their size, and the leading axes kept and evened out; the songs'
    images have mean 0 and mean square length 1.

    Parameters
    ----------
    songs : np.ndarray, shape=(n, evidence), n >= 2
        Mean evidence of each training song.
    families : mapping
        Name -> number of columns, in the order of the columns.
    dimensions : int
        Of the images. Where the songs span fewer, the rest stay 0.
    equalised : float
        Of the spread of the axes: 0 leaves it as it is, 1 gives all axes the same.
    """
    middle, spread = songs.mean(axis=0, dtype=np.float64), songs.std(axis=0, dtype=np.float64)
    share = [1 / size ** (CROWDING / 2) for size in families.values()]
    scale = np.repeat(share, list(families.values())) / (spread + 1e-6)
    centred: Table = (songs - middle) * scale
    _, stretch, axes = np.linalg.svd(centred, full_matrices=False)
    variances = stretch**2 / len(songs)
    kept = min(dimensions, int((variances > 1e-9 * variances[0]).sum()) if variances[0] > 0 else 0)
    matrix: Table = np.zeros((songs.shape[1], dimensions))
    matrix[:, :kept] = scale[:, None] * axes[:kept].T * variances[:kept] ** (-equalised / 2)
    length = float(np.sqrt((variances[:kept] ** (1 - equalised)).sum()))
    matrix /= length or 1.0
    return LinearMap(matrix.astype(np.float32), (-middle @ matrix).astype(np.float32))


def beside(one: LinearMap, other: LinearMap) -> LinearMap:
    """Return the map from the evidence of both, side by side, to the images of both, side by side."""
    matrix = np.zeros(np.add(one.matrix.shape, other.matrix.shape), dtype=np.float32)
    matrix[: one.matrix.shape[0], : one.matrix.shape[1]] = one.matrix
    matrix[one.matrix.shape[0] :, one.matrix.shape[1] :] = other.matrix
    return LinearMap(matrix, np.concatenate([one.bias, other.bias]))
