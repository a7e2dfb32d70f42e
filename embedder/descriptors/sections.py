"""Sections: where what sounds before differs most from what sounds after (Foote, "Automatic audio segmentation", 2000).

A checkerboard is moved along the diagonal of the similarity of beats. Only the band under the checkerboard is ever
computed: cost and memory grow with the number of beats, not with its square.
"""

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from embedder.descriptors.beats import Times
from embedder.descriptors.metre import Synchronous

REACH = 16  # beats the checkerboard looks to either side
SHORTEST = 8.0  # seconds
TEXTURE = 4  # beats over which features are averaged: parts differ in their chords, but no less than these do
SLACK = 0.1  # seconds
CONTRAST = 0.3  # novelty that makes a boundary

Scores = npt.NDArray[np.float64]


def boundaries(features: Synchronous, beats: Times, duration: float) -> tuple[npt.NDArray[np.int64], Scores]:
    """Return the beats at which sections begin, the first being 0, and the novelty of each.

    Parameters
    ----------
    features : np.ndarray, shape=(n_beats, k)
        What sounds in each beat; rows are compared by cosine.
    """
    curve, sharp = novelty(uniform_filter1d(features, TEXTURE, axis=0, mode="nearest")), novelty(features)
    tops = np.flatnonzero((curve == maximum_filter1d(curve, 2 * TEXTURE + 1)) & (curve > CONTRAST))
    chosen = list[int]()
    for top in tops[np.argsort(-curve[tops], kind="stable")].tolist():
        first = max(0, top - TEXTURE // 2)
        beat = first + int(sharp[first : top + TEXTURE // 2 + 1].argmax())  # the average over some beats is off by one
        edges = np.array([0.0, duration, *beats[chosen]])
        if np.abs(edges - beats[beat]).min() >= SHORTEST - SLACK:
            chosen.append(beat)
    starts = np.array([0, *sorted(chosen)], dtype=np.int64)
    return starts, np.append(1.0, maximum_filter1d(curve, TEXTURE + 1)[starts[1:]])


def novelty(features: Synchronous) -> Scores:
    """Return how much each beat is a boundary, -1 to 1; shape=(n_beats,)."""
    count, reach = len(features), min(REACH, max(1, len(features) // 2))
    unit = _unit(features)
    padded = np.pad(unit, ((reach, reach), (0, 0)), mode="edge")
    curve = np.zeros(count)
    for lag in range(2 * reach):
        along = np.einsum("ij,ij->i", padded[: len(padded) - lag], padded[lag:])
        kernel = _diagonal(reach, lag)
        curve += (2 if lag else 1) * np.correlate(along, kernel, "valid")[:count]
    return curve / _mass(reach)


def _diagonal(reach: int, lag: int) -> Scores:
    """Return the checkerboard's values at (a, a + lag), tapered by a Gaussian; shape=(2 * reach - lag,)."""
    place = np.arange(2 * reach) - reach + 0.5
    taper = np.exp(-0.5 * (place / (reach / 2)) ** 2) * np.sign(place)
    return np.asarray(taper[: 2 * reach - lag] * taper[lag:])


def _mass(reach: int) -> float:
    """Return the sum of the checkerboard's absolute values: novelty of two opposite parts is 1."""
    place = np.arange(2 * reach) - reach + 0.5
    return float(np.exp(-0.5 * (place / (reach / 2)) ** 2).sum() ** 2)


def _unit(features: Synchronous) -> npt.NDArray[np.float32]:
    centred = features - features.mean(axis=0, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.where(length > 0, length, 1), dtype=np.float32)
