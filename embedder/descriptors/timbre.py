"""Timbre: the shape of the spectrum as twelve numbers, and means of such rows over beats and segments."""

import numpy as np
import numpy.typing as npt
import scipy.fft

from embedder.descriptors.frames import BANDS, Frames

COEFFICIENTS = 12
QUIET = -60.0  # dBFS of a band that counts as 0
AT_ONCE = 4096  # frames whose bands are in memory as float32

Rows = npt.NDArray[np.float32]  # (n, k)
Places = npt.NDArray[np.int64]  # (n,), ascending


def timbre(frames: Frames) -> Rows:
    """Return the first cosine coefficients of each frame's bands in dB above ``QUIET``, shape=(n, 12), float32.

    The first is the mean level of the bands; the second rises as the sound grows dull.
    """
    found = np.empty((len(frames.level), COEFFICIENTS), dtype=np.float32)
    for start in range(0, len(found), AT_ONCE):
        above = frames.bands[start : start + AT_ONCE].astype(np.float32) - np.float32(QUIET)
        found[start : start + AT_ONCE] = scipy.fft.dct(above, axis=1, norm="ortho")[:, :COEFFICIENTS] / np.sqrt(BANDS)
    return found


def means(rows: Rows, begin: Places) -> Rows:
    """Return the means of rows from each place to the next, the last to the end; of one row at least.

    Parameters
    ----------
    rows : np.ndarray, shape=(n, k), n > 0
    begin : np.ndarray, shape=(m,), int64, ascending
        Places behind the end stand for the last row.

    Returns
    -------
    means : np.ndarray, shape=(m, k), float32
    """
    first = np.minimum(begin, len(rows) - 1)
    count = np.maximum(np.diff(first, append=len(rows)), 1)
    return np.asarray(np.add.reduceat(rows, first, axis=0) / count[:, None], dtype=np.float32)
