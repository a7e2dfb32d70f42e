"""Beats: the best compromise between strong onsets and an even pace, by dynamic programming (Ellis 2007)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from embedder.descriptors.onsets import Onsets
from embedder.descriptors.tempo import STEP, WINDOW, Pace

TIGHTNESS = 100.0  # cost of a squared log ratio of two beats' distance to the period
BASS = 0.6  # weight of the onsets of low bands beside those of all
AGAINST = 0.1  # by how much the middles between beats must outweigh them to be the beats
AROUND = 33  # beats over which that is judged
ROUNDING = 0.1  # of a period: a beat due so far before the start is at the start; none falls so near the end

Times = npt.NDArray[np.float64]  # (n,), seconds, ascending


def beats(onsets: Onsets, pace: Pace, accents: Sequence[npt.NDArray[np.float32]], duration: float) -> Times:
    """Return the times of the beats, from the start of the recording to its end.

    Parameters
    ----------
    pace : Pace
        The tempo to keep to.
    accents : sequence of np.ndarray, shape=(n_frames,)
        Numbers that are not negative, and larger on the beat than between beats.
    duration : float
        Seconds.
    """
    strength, rate = _scaled(onsets.strength) + np.float32(BASS) * _scaled(onsets.low), onsets.rate
    period = _period(pace, len(strength), rate)
    chain = _sharpened(_chain(_scaled(strength), period), strength) / rate
    return _everywhere(_in_phase(chain, accents, rate), period / rate, duration)


def _in_phase(times: Times, accents: Sequence[npt.NDArray[np.float32]], rate: float) -> Times:
    """Move beats to the middles between them where those are the stronger part.

    Onsets of off-beats may be the louder ones, in house or reggae. What tells beats from them is that there is more
    sound, bass above all, and that harmony changes there.
    """
    if len(times) < 3:
        return times
    middles = times + np.append(np.diff(times), times[-1] - times[-2]) / 2
    against = np.zeros(len(times))
    for accent in accents:
        on, off = (_usual(accent, each * rate) for each in (times, middles))
        against += (off - on) / np.maximum(off + on, 1e-9)
    moved = np.where(against > AGAINST, middles, times)
    kept = np.diff(moved, prepend=-np.inf) > 0.75 * np.append(np.inf, np.diff(times))  # where the phase changes
    kept[0] = True
    return moved[kept & (moved * rate < len(accents[0]))]


def _usual(accent: npt.NDArray[np.float32], places: Times) -> npt.NDArray[np.float64]:
    """Return an accent at places, averaged over the ones around."""
    at = accent[np.clip(np.rint(places).astype(np.int64), 0, len(accent) - 1)].astype(np.float64)
    return np.asarray(uniform_filter1d(at, AROUND, mode="reflect"))


def _scaled(strength: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    spread = np.sqrt(np.mean(np.square(strength, dtype=np.float64)))
    return np.asarray(strength / np.float32(spread or 1), dtype=np.float32)


def _period(pace: Pace, count: int, rate: float) -> npt.NDArray[np.float64]:
    """Return the period at each frame, in frames; windows speak for their middles."""
    middles = (np.arange(len(pace.bpm)) * STEP + min(WINDOW, count / rate) / 2) * rate
    return np.interp(np.arange(count), middles, 60 * rate / pace.bpm)


def _chain(strength: npt.NDArray[np.float32], period: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the frames of the best chain.

    Beats are half a period apart at least, so that half a period of frames can be scored at once.
    """
    count = len(strength)
    lead = int(2 * period.max()) + 2  # frames before the first, from which nothing comes
    score = np.zeros(lead + count)
    back = np.full(count, -1, dtype=np.int64)
    start = 0
    while start < count:
        here = period[start]
        nearest, farthest = max(1, round(here / 2)), round(2 * here)
        stop = min(start + nearest, count)
        lags = np.arange(nearest, farthest + 1)
        cost = TIGHTNESS * np.log(lags / here) ** 2
        places = np.arange(start, stop)
        ways = score[(lead + places)[:, None] - lags] - cost
        best = ways.argmax(axis=1)
        gain = ways[places - start, best]
        back[start:stop] = np.where(gain > 0, places - lags[best], -1)
        score[lead + start : lead + stop] = strength[start:stop] + np.maximum(gain, 0)
        start = stop
    tail = max(0, count - round(period[-1]))
    at = tail + int(score[lead + tail :].argmax())
    chain = [at]
    while back[at] >= 0:
        at = int(back[at])
        chain.append(at)
    return np.array(chain[::-1])


def _sharpened(chain: npt.NDArray[np.int64], strength: npt.NDArray[np.float32]) -> Times:
    """Return places between frames: the tops of parabolas through the strength at each beat and beside it."""
    if len(strength) < 3:
        return chain.astype(np.float64)
    inside = np.clip(chain, 1, len(strength) - 2)
    left, middle, right = (strength[inside + i].astype(np.float64) for i in (-1, 0, 1))
    curve = left - 2 * middle + right
    peak = (middle >= left) & (middle >= right) & (curve < 0)
    shift = np.where(peak, 0.5 * (left - right) / np.where(curve < 0, curve, -1), 0)
    return np.asarray(np.where(inside == chain, chain + shift, chain), dtype=np.float64)


def _everywhere(times: Times, period: npt.NDArray[np.float64], duration: float) -> Times:
    """Go on at the pace of the first and of the last beats, to both ends of the recording."""
    first, last = period[0], period[-1]
    before = times[0] - first * np.arange(int(max(0, times[0]) / first + ROUNDING), 0, -1)
    after = times[-1] + last * np.arange(1, int(max(0, duration - times[-1]) / last) + 1)
    joined = np.concatenate((np.maximum(before, 0), times, after))
    kept: Times = joined[joined < max(duration - ROUNDING * last, ROUNDING * last)]
    return kept
