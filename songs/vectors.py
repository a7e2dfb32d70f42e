"""Vectors and the one operation everybody needs on them."""

from typing import Any

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]  # shape (DIMENSIONS,), unit length where nothing else is said
Vectors = npt.NDArray[np.float32]  # shape (n, DIMENSIONS)

DIMENSIONS = 128


def unit(vectors: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Scale vectors to unit Euclidean length along the last axis.

    Parameters
    ----------
    vectors : np.ndarray, shape=(..., d), real and finite
        A zero vector stays zero: it is similar to nothing.

    Returns
    -------
    units : np.ndarray, shape=(..., d), float32
    """
    # float64 and a division by the largest entry first: squares of large float32 values overflow
    wide = np.asarray(vectors, dtype=np.float64)
    largest = np.max(np.abs(wide), axis=-1, keepdims=True, initial=0.0)
    scaled = wide / np.where(largest > 0, largest, 1.0)
    length = np.linalg.norm(scaled, axis=-1, keepdims=True)
    return (scaled / np.where(length > 0, length, 1.0)).astype(np.float32)
