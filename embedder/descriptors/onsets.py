"""Onset strength: how much log-compressed energy grows from frame to frame, summed over bands.

Spectral flux after Böck, Krebs and Schedl, "Evaluating the online capabilities of onset detection methods" (ISMIR
2012): magnitudes are compressed by log(1 + 1000 m), m being relative to the loudest band of the recording, so that
neither its gain nor the noise under it matters.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from embedder.descriptors.frames import BANDS, Frames

COMPRESSION = 1000.0
LOW_BANDS = 2  # of kick and bass: below 200 Hz
FAINT = 0.3  # dB; where 99 of 100 frames grow by less, nothing begins: rounding of a steady sound
AT_ONCE = 4096  # frames whose bands are in memory as float32

Strength = npt.NDArray[np.float32]  # (n_frames,)


@dataclass(frozen=True, slots=True, eq=False)
class Onsets:
    """How much sound begins at each frame."""

    rate: float  # frames a second
    strength: Strength  # dB of growth, mean of the bands, local mean taken away, not below 0
    low: Strength  # the same of the lowest bands


def onsets(frames: Frames) -> Onsets:
    """Return the onset strength of a recording."""
    count = len(frames.level)
    total, low = np.zeros(count, dtype=np.float32), np.zeros(count, dtype=np.float32)
    top = float(frames.bands.max(initial=-np.inf))
    for start in range(1, count, AT_ONCE):
        compressed = _compressed(frames.bands[start - 1 : start + AT_ONCE], top)
        growth = np.maximum(np.diff(compressed, axis=0), 0)
        total[start : start + AT_ONCE] = growth.sum(axis=1) / BANDS
        low[start : start + AT_ONCE] = growth[:, :LOW_BANDS].sum(axis=1) / LOW_BANDS
    if count and np.percentile(total, 99) < FAINT:
        total[:], low[:] = 0, 0
    return Onsets(frames.rate, _above_local_mean(total, frames.rate), _above_local_mean(low, frames.rate))


def _compressed(bands: npt.NDArray[np.float16], top: float) -> npt.NDArray[np.float32]:
    magnitude = np.power(np.float32(10), (bands.astype(np.float32) - np.float32(top)) / 20)
    return np.asarray(20 * np.log10(1 + np.float32(COMPRESSION) * magnitude))


def _above_local_mean(strength: Strength, rate: float) -> Strength:
    """Take away the mean of the second around each frame."""
    if not len(strength):
        return strength
    mean = uniform_filter1d(strength, 2 * round(rate / 2) + 1, mode="nearest")
    return np.asarray(np.maximum(strength - mean, 0))
