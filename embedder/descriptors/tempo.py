"""Tempo: which period the onsets keep to.

The autocorrelation of the onset strength in windows of 12 s; a period is as good as the correlation at it and at its
multiples, as in a comb (Davies and Plumbley 2007), weighed by a log-normal prior around 120 (Ellis 2007).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft

from embedder.descriptors.onsets import Onsets

SLOWEST, FASTEST = 30.0, 300.0  # beats a minute
GRID = np.exp(np.arange(np.log(SLOWEST), np.log(FASTEST), 0.01))  # beats a minute, 1 % apart
MULTIPLES = ((1, 1.0), (2, 1.0), (3, 0.5), (4, 1.0))  # of the period, with their weights
LONGEST = 10.0  # seconds, of a lag
WINDOW, STEP = 12.0, 1.0  # seconds
PREFERRED, SPREAD = 120.0, 0.8  # beats a minute, octaves
RELATED = (2.0, 0.5, 1.5, 2 / 3)  # readings that listeners, too, take one for the other
MISSED = 0.3  # part of the comb that the period itself must reach to count in full
METRONOME = 230.0  # beats a minute up to which even strokes are beats
EVEN, SLACK = 0.6, 0.12  # correlation of even strokes, and how far they may differ
REACH = 0.3  # natural logarithm, to either side of the recording's tempo
STIFFNESS = 100.0  # 2 % a second cost 0.04 of a correlation
AT_ONCE = 64  # windows whose transforms are in memory

Salience = npt.NDArray[np.float32]  # (n_windows, len(GRID))


@dataclass(frozen=True, slots=True, eq=False)
class Pulses:
    """What the onsets repeat after."""

    windows: Salience  # mean correlation of each window at the multiples of each tempo's period, -1 to 1
    lags: npt.NDArray[np.float32]  # mean correlation of the windows at lags of 0, 1, 2 .. frames
    rate: float  # frames a second


@dataclass(frozen=True, slots=True)
class Tempo:
    """What the whole recording keeps to."""

    bpm: float
    clarity: float  # correlation at the period and its multiples, about 0 to 1: what pulse there is at all
    alternatives: tuple[tuple[float, float], ...]  # (beats a minute, share of all readings), likeliest first


@dataclass(frozen=True, slots=True, eq=False)
class Pace:
    """How the tempo goes; window i is about second ``i * STEP + WINDOW / 2``, or the middle of a shorter recording."""

    bpm: npt.NDArray[np.float64]  # (n_windows,)
    clarity: npt.NDArray[np.float64]  # (n_windows,), as that of ``Tempo``

    def near(self, start: float, stop: float) -> float:
        """Return the mean clarity from second ``start`` to ``stop``."""
        middles = np.arange(len(self.clarity)) * STEP + WINDOW / 2
        inside = self.clarity[(middles >= start) & (middles < stop)]
        return float(inside.mean() if len(inside) else self.clarity[np.abs(middles - (start + stop) / 2).argmin()])


def pulses(onsets: Onsets) -> Pulses:
    """Return how well each tempo of ``GRID`` explains each window; there is one window at least."""
    strength, rate = onsets.strength, onsets.rate
    size = min(len(strength), round(WINDOW * rate))
    starts = np.arange(0, len(strength) - size + 1, round(STEP * rate))
    windows = np.lib.stride_tricks.sliding_window_view(strength, size)[starts]
    longest = min(round(LONGEST * rate), size - 1)
    comb = _comb(longest, rate)
    parts, lags = list[Salience](), np.zeros(longest + 1)
    for start in range(0, len(windows), AT_ONCE):
        lagged = _autocorrelation(windows[start : start + AT_ONCE], longest)
        parts.append(lagged @ comb)
        lags += lagged.sum(axis=0)
    return Pulses(np.concatenate(parts), (lags / len(windows)).astype(np.float32), rate)


def tempo(found: Pulses) -> Tempo:
    """Return the tempo that explains the windows best on the whole.

    A tempo counts by its comb, by the prior, and less where the onsets hardly repeat after the period itself. Where
    every second or third of a period is struck as evenly as the period, as by a metronome, that is the beat.
    """
    mean = found.windows.mean(axis=0, dtype=np.float64)
    once = np.maximum(_correlation(found, 60 / GRID), 0)
    weighed = np.maximum(mean, 0) * _prior(GRID) * np.minimum(1, once / np.maximum(MISSED * mean, 1e-3))
    bpm = float(GRID[weighed.argmax()]) if weighed.any() else PREFERRED
    for parts in (3, 2):
        if bpm * parts < METRONOME and _even(found, 60 / bpm, parts):
            bpm *= parts
    near = [(bpm * ratio, float(np.interp(bpm * ratio, GRID, weighed))) for ratio in RELATED]
    inside = [(b, w) for b, w in near if SLOWEST <= b <= FASTEST]
    total = sum(w for _, w in inside) + float(weighed.max()) or 1.0
    ranked = sorted(((b, w / total) for b, w in inside), key=lambda pair: -pair[1])
    return Tempo(bpm, float(np.interp(bpm, GRID, mean)), tuple(ranked))


def pace(windows: Salience, bpm: float) -> Pace:
    """Follow the tempo from window to window by the best smooth path near ``bpm``."""
    near = np.flatnonzero(np.abs(np.log(GRID / bpm)) < REACH)
    score = np.maximum(windows[:, near], 0).astype(np.float64)
    apart = (np.arange(len(near))[:, None] - np.arange(len(near))[None, :]) * 0.01
    cost = STIFFNESS * apart**2
    best, back = score[0], np.zeros(score.shape, dtype=np.int16)
    for i in range(1, len(score)):
        way = best[None, :] - cost
        back[i] = way.argmax(axis=1)
        best = score[i] + way.max(axis=1)
    path = np.empty(len(score), dtype=np.int64)
    path[-1] = best.argmax()
    for i in range(len(score) - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return Pace(GRID[near][path], score[np.arange(len(score)), path])


def _correlation(found: Pulses, seconds: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the onsets' correlation after some time, the best of three neighbouring lags; 0 where that is too long."""
    padded = np.pad(found.lags, 1, mode="edge")
    best = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
    return np.interp(np.asarray(seconds) * found.rate, np.arange(len(best)), best, right=0)


def _even(found: Pulses, period: float, parts: int) -> bool:
    """Tell whether the parts of a period are struck as evenly as the period itself."""
    steps = np.arange(1, 2 * parts)
    whole = float(_correlation(found, period))
    return whole > EVEN and bool((_correlation(found, steps * period / parts) > whole - SLACK).all())


def _autocorrelation(windows: npt.NDArray[np.float32], longest: int) -> npt.NDArray[np.float32]:
    """Return the correlation of each window with itself at lags 0 to ``longest``, 1 at lag 0."""
    size = windows.shape[1]
    centred = windows - windows.mean(axis=1, keepdims=True)
    points = scipy.fft.next_fast_len(size + longest + 1, real=True)  # so many that the ends do not meet
    spectrum = scipy.fft.rfft(centred, points, axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    lagged = scipy.fft.irfft(power, points, axis=1)[:, : longest + 1]
    overlap = np.maximum(size - np.arange(longest + 1), size // 4) / size
    energy = np.maximum(lagged[:, :1], np.float32(1e-9))
    return np.asarray(lagged / energy / overlap, dtype=np.float32)


def _comb(longest: int, rate: float) -> npt.NDArray[np.float32]:
    """Return the weights that read, off lags, the mean at each tempo's multiples; shape=(longest + 1, len(GRID))."""
    comb = np.zeros((longest + 1, len(GRID)), dtype=np.float32)
    columns = np.arange(len(GRID))
    for multiple, weight in MULTIPLES:
        lag = 60 * rate / GRID * multiple
        whole = lag.astype(np.int64)
        there = whole + 1 <= longest
        comb[whole[there], columns[there]] += weight * (1 - (lag - whole))[there]
        comb[whole[there] + 1, columns[there]] += weight * (lag - whole)[there]
    return np.asarray(comb / np.maximum(comb.sum(axis=0), 1e-9), dtype=np.float32)


def _prior(bpm: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(np.exp(-0.5 * (np.log2(bpm / PREFERRED) / SPREAD) ** 2))
