"""Segments: stretches of one sound, from one onset to the next."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from embedder.descriptors.onsets import Onsets
from embedder.descriptors.pitches import TOGETHER
from embedder.descriptors.timbre import Places, Rows, means
from songs.structure import Segment

SHORTEST = 0.08  # seconds
LONGEST = 8.0  # seconds: a sound that holds on is cut, so that its course can be seen
ABOVE = 0.5  # dB of growth by which an onset stands out of its surroundings
SURE = 6.0  # dB of growth at which an onset is half sure


def starts(onsets: Onsets) -> Places:
    """Return the frames at which segments begin, the first being 0."""
    strength, rate = onsets.strength, onsets.rate
    reach = max(1, round(SHORTEST * rate / 2))
    peak = strength == maximum_filter1d(strength, 2 * reach + 1)
    peak &= strength > uniform_filter1d(strength, 2 * round(rate / 10) + 1) + ABOVE
    found = np.flatnonzero(peak)
    found = found[found >= round(SHORTEST * rate)]
    kept = found[np.diff(found, prepend=-reach - 1) > reach] if len(found) else found
    return _cut(np.concatenate(([0], kept)), len(strength), round(LONGEST * rate))


def segments(level: Rows, onsets: Onsets, chroma: Rows, timbre: Rows, duration: float) -> Iterator[Segment]:
    """Yield the segments of a recording.

    Parameters
    ----------
    level : np.ndarray, shape=(n_frames,)
        dBFS.
    chroma : np.ndarray, shape=(n_groups, 12)
        Pitch classes of each ``TOGETHER`` frames.
    timbre : np.ndarray, shape=(n_frames, 12)
    """
    count, rate = len(level), onsets.rate
    begin = starts(onsets)
    end = np.append(begin[1:], count)
    pitches = _pitches(means(chroma, begin // TOGETHER))
    shape = np.round(means(timbre, begin).astype(np.float64), 1)
    for i, (first, last) in enumerate(zip(begin.tolist(), end.tolist(), strict=True)):
        top = first + int(level[first:last].argmax())
        start = first / rate
        stop = last / rate if last < count else duration
        growth = float(onsets.strength[first])
        yield Segment(
            start=round(start, 3), duration=round(stop - start, 3),
            confidence=round(growth / (growth + SURE), 3) if first else 1.0,
            loudness_start=_decibel(level[first]), loudness_max=_decibel(level[top]),
            loudness_max_time=round((top - first) / rate, 3),
            loudness_end=_decibel(level[min(last, count - 1)]),
            pitches=tuple(pitches[i].tolist()), timbre=tuple(shape[i].tolist()),
        )  # fmt: skip


def _decibel(level: np.float32) -> float:
    return round(float(level), 1)


def _cut(begin: Places, count: int, longest: int) -> Places:
    """Cut what is longer than ``longest`` frames into equal parts."""
    edges = np.append(begin, count)
    long = np.flatnonzero(np.diff(edges) > longest)
    more = [np.linspace(edges[i], edges[i + 1], -(-(edges[i + 1] - edges[i]) // longest), endpoint=False) for i in long]
    return np.unique(np.concatenate((begin, *more)).astype(np.int64))


def _pitches(chroma: Rows) -> npt.NDArray[np.float64]:
    """Return pitch classes with the strongest at 1; where nothing has a pitch, all are."""
    mean = chroma.astype(np.float64)
    top = mean.max(axis=1, keepdims=True)
    shape: npt.NDArray[np.float64] = np.where(top > 1e-9, mean / np.where(top > 1e-9, top, 1), 1)
    return np.round(shape, 2)
