"""Drums: one stroke each, always the same samples for one sample rate."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from synthesis.signals import Samples, noise

Drum = Callable[[int], Samples]


@lru_cache
def kick(rate: int) -> Samples:
    """Drop a sine from 160 to 48 Hz."""
    t = np.arange(round(0.32 * rate)) / rate
    turns = 48 * t + (160 - 48) * 0.03 * (1 - np.exp(-t / 0.03))
    return _ended(np.sin(2 * np.pi * turns) * np.exp(-t / 0.11))


@lru_cache
def soft_kick(rate: int) -> Samples:
    """Strike with felt: lower, slower, without the click."""
    t = np.arange(round(0.3 * rate)) / rate
    turns = 52 * t + 30 * 0.04 * (1 - np.exp(-t / 0.04))
    return _ended(0.8 * np.sin(2 * np.pi * turns) * np.minimum(1, t / 0.006) * np.exp(-t / 0.09))


@lru_cache
def snare(rate: int) -> Samples:
    """Rattle wires over a 190 Hz shell."""
    t = np.arange(round(0.24 * rate)) / rate
    wires = _band(noise(1, 0.24, rate, 1.0), 900, 8500, rate)
    return _ended(0.8 * wires * np.exp(-t / 0.07) + 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.05))


@lru_cache
def clap(rate: int) -> Samples:
    """Clap four hands, a few milliseconds apart."""
    t = np.arange(round(0.22 * rate)) / rate
    hands = sum((np.where(t >= s, np.exp(-(t - s).clip(0) / d), 0) for s, d in _HANDS), start=np.float64(0))
    return _ended(0.7 * _band(noise(2, 0.22, rate, 1.0), 800, 4200, rate) * hands)


@lru_cache
def rim(rate: int) -> Samples:
    """Strike the rim."""
    t = np.arange(round(0.06 * rate)) / rate
    return _ended((np.sin(2 * np.pi * 1650 * t) + 0.5 * np.sin(2 * np.pi * 820 * t)) * np.exp(-t / 0.012))


@lru_cache
def hat(rate: int) -> Samples:
    """Tick a closed hi-hat."""
    t = np.arange(round(0.06 * rate)) / rate
    return _ended(0.6 * _band(noise(3, 0.06, rate, 1.0), 6500, 15000, rate) * np.exp(-t / 0.018))


@lru_cache
def open_hat(rate: int) -> Samples:
    """Splash an open hi-hat."""
    t = np.arange(round(0.24 * rate)) / rate
    return _ended(0.6 * _band(noise(4, 0.24, rate, 1.0), 6000, 15000, rate) * np.exp(-t / 0.09))


@lru_cache
def ride(rate: int) -> Samples:
    """Ride a cymbal: a ping, and a long wash."""
    t = np.arange(round(0.5 * rate)) / rate
    wash = _band(noise(5, 0.5, rate, 1.0), 4500, 15000, rate) * np.exp(-t / 0.16)
    ping = sum((np.sin(2 * np.pi * hz * t) for hz in (3180, 4270, 5410)), start=np.float64(0)) * np.exp(-t / 0.05)
    return _ended(0.35 * wash + 0.08 * ping)


@lru_cache
def brush(rate: int) -> Samples:
    """Draw a brush over a snare."""
    t = np.arange(round(0.3 * rate)) / rate
    return _ended(0.5 * _band(noise(6, 0.3, rate, 1.0), 1500, 6500, rate) * np.sin(np.pi * t / 0.3) ** 2)


@lru_cache
def blip(rate: int) -> Samples:
    """Hold noise for 0.3 ms at a time: the noise channel of a game console."""
    n = round(0.09 * rate)
    hold = max(1, round(0.0003 * rate))
    held = np.repeat(noise(7, 0.09, rate, 1.0), hold)[:n]
    return _ended(0.6 * held * np.exp(-np.arange(n) / (0.025 * rate)))


_HANDS = ((0.0, 0.008), (0.011, 0.008), (0.023, 0.008), (0.034, 0.055))  # begin and decay of each, seconds


def _band(y: Samples, low: float, high: float, rate: int) -> Samples:
    """Keep what lies between two frequencies, as far as the sample rate reaches."""
    hz = np.fft.rfftfreq(len(y), 1 / rate)
    above, below = (hz / low) ** 4, (hz / min(high, 0.48 * rate)) ** 4  # slopes of 12 dB an octave
    kept = np.fft.rfft(y) * np.sqrt(above / (1 + above) / (1 + below))
    return np.fft.irfft(kept, len(y)).astype(np.float32)


def _ended(stroke: npt.NDArray[np.floating]) -> Samples:
    """Bring the last 5 % to exactly zero."""
    tail = max(1, len(stroke) // 20)
    ended = np.array(stroke, dtype=np.float32)
    ended[-tail:] *= np.linspace(1, 0, tail, dtype=np.float32)
    ended.flags.writeable = False  # shared by the cache
    return ended
