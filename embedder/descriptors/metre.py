"""Metre: how beats divide into tatums and gather into bars of three or four."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d

from embedder.descriptors.beats import Times
from embedder.descriptors.onsets import Onsets, Strength

METRES = (3, 4)  # beats a bar that are told apart; five and seven are not
UNKNOWN = 4  # beats that are called a bar where the metre cannot be told
UNDECIDED = 0.1  # difference of two repetitions that tells nothing
FEWEST = 12  # beats from which a metre can be told
LOUD = 0.5  # weight of the level at a beat beside the change of harmony, where downbeats are looked for
TONAL = 0.2  # evenness of tuning at which harmony counts in full
STILL = 0.1  # deviation of change that is none: harmony stands still
STRUCK = 1.0  # dB; deviation of strokes that are all the same
COLOURED = 1.0  # dB; deviation of timbre that is always the same
FILLED = 0.6  # onsets at quarters of a beat, against those at halves, where there are quarters
BEATEN = 1.2  # onsets on the beat, against those at quarters: else there is no telling
SWUNG = 1.5  # onsets at two thirds of a beat, against those at a half or three quarters
SHORTEST_TATUM = 0.11  # seconds
STAY = 4.0  # standard deviations of accent that a bar moved against the others costs

Synchronous = npt.NDArray[np.float32]  # (n_beats, k), one row a beat


@dataclass(frozen=True, slots=True, eq=False)
class Metre:
    """How beats gather."""

    beats_a_bar: int
    margin: float  # of the better metre: difference of the two repetitions, -1 to 1
    downbeats: npt.NDArray[np.int64]  # numbers of the beats that begin bars


def metre(strengths: Synchronous, level: Strength, tonal: Synchronous, rough: Synchronous, evenness: float) -> Metre:
    """Return the metre of beats.

    Beats that lie a bar apart are alike; a bar begins where harmony changes, and where there is most sound.

    Parameters
    ----------
    strengths : np.ndarray, shape=(n_beats, 2)
        Onset strength at each beat, and that of the low bands.
    level : np.ndarray, shape=(n_beats,)
        dB at each beat.
    tonal : np.ndarray, shape=(n_beats, 12)
        Pitch classes in each beat.
    rough : np.ndarray, shape=(n_beats, k)
        Timbre of each beat.
    evenness : float
        Of the tuning; where that is low, pitch classes are those of drums, and say nothing of harmony.
    """
    count = len(strengths)
    if count < FEWEST:
        return Metre(UNKNOWN, 0.0, np.arange(0, count, UNKNOWN))
    changes = np.stack([_change(tonal, reach) for reach in (1, 2)], axis=1)
    groups = (_standard(strengths, STRUCK), _standard(changes[:, :1], STILL), _standard(rough, COLOURED))
    alike = [_repetition(groups, size) for size in METRES]
    size = 3 if alike[0] - alike[1] > UNDECIDED else UNKNOWN
    harmony = min(1.0, (evenness / TONAL) ** 2) * _standard(changes[:, 1:], STILL)[:, 0]
    accent = harmony + LOUD * _standard(level[:, None], STRUCK)[:, 0]
    return Metre(
        size,
        abs(alike[0] - alike[1]),
        np.flatnonzero(np.arange(count) % size == _phases(accent / max(1.0, float(accent.std())), size)),
    )


def _change(tonal: Synchronous, reach: int) -> npt.NDArray[np.float64]:
    """Return how much pitch classes change with each beat, ``reach`` beats before against as many from it on."""
    summed = np.concatenate((np.zeros((1, tonal.shape[1])), np.cumsum(tonal, axis=0, dtype=np.float64)))
    at = np.arange(1, len(tonal))
    before = summed[at] - summed[np.maximum(at - reach, 0)]
    after = summed[np.minimum(at + reach, len(tonal))] - summed[at]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    likeness = np.sum(before * after, axis=1) / np.maximum(lengths, 1e-12)
    return np.concatenate(([0.0], np.where(lengths > 0, 1 - likeness, 0)))


def division(beats: Times, onsets: Onsets) -> int:
    """Return how many tatums a beat has: 2, 3 or 4."""
    if len(beats) < 2:
        return 2
    spread = maximum_filter1d(onsets.strength, 3)
    parts = {part: _between(beats, spread, onsets.rate, part) for part in (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)}
    if parts[2 / 3] > SWUNG * max(parts[1 / 2], parts[3 / 4]):
        return 3
    fine = min(parts[1 / 4], parts[3 / 4])
    slow = float(np.median(np.diff(beats))) > 4 * SHORTEST_TATUM
    on_beat = _between(beats, spread, onsets.rate, 0)
    return 4 if slow and on_beat > BEATEN * fine > BEATEN * FILLED * parts[1 / 2] else 2


def tatums(beats: Times, parts: int, duration: float) -> Times:
    """Return the times of tatums: every beat divided evenly."""
    ends = np.append(beats[1:], min(duration, beats[-1] + (beats[-1] - beats[-2] if len(beats) > 1 else 0.5)))
    times = beats[:, None] + (ends - beats)[:, None] * np.arange(parts)[None, :] / parts
    return np.asarray(times.ravel())


def _between(beats: Times, strength: Strength, rate: float, part: float) -> float:
    """Return the mean strength so far between each beat and the next."""
    places = np.rint((beats[:-1] + part * np.diff(beats)) * rate).astype(np.int64)
    return float(strength[np.clip(places, 0, len(strength) - 1)].mean())


def _repetition(groups: Sequence[npt.NDArray[np.float64]], size: int) -> float:
    """Return how alike beats are that lie one and two bars apart: a correlation, the mean over groups of columns."""
    lags = [lag for lag in (size, 2 * size) if lag < len(groups[0]) - 2]
    return float(np.mean([np.mean(rows[lag:] * rows[:-lag]) for rows in groups for lag in lags]))


def _phases(accent: npt.NDArray[np.float64], size: int) -> npt.NDArray[np.int64]:
    """Return, beat by beat, the number modulo ``size`` of the beats that begin bars: the best path, seldom moving."""
    count = len(accent)
    score, back = np.zeros(size), np.zeros((count, size), dtype=np.int64)
    for i in range(count):
        moved = int(score.argmax())
        stay = score >= score[moved] - STAY
        back[i] = np.where(stay, np.arange(size), moved)
        score = np.where(stay, score, score[moved] - STAY)
        score[i % size] += accent[i]
    phase = np.empty(count, dtype=np.int64)
    phase[-1] = score.argmax()
    for i in range(count - 1, 0, -1):
        phase[i - 1] = back[i, phase[i]]
    return phase


def _standard(rows: npt.NDArray[np.floating[Any]], least: float) -> npt.NDArray[np.float64]:
    """Bring columns to mean 0 and deviation 1; to less where they deviate by less than ``least``, which is nothing."""
    wide = np.asarray(rows, dtype=np.float64)
    return np.asarray((wide - wide.mean(axis=0)) / np.maximum(wide.std(axis=0), least))
