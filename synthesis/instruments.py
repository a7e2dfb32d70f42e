"""Voices: a frequency and a length become a note that begins and ends at silence.

A voice is a function ``(hz, seconds, rate) -> samples``; the note rings on after ``seconds`` for its release. All are
band-limited by construction: a wave is a table made of the harmonics that lie below half of the sample rate.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from synthesis.signals import Samples

Voice = Callable[[float, float, int], Samples]
Wave = npt.NDArray[np.float64]

_TABLE = 4096  # samples of one period; read with linear interpolation
_HARMONICS = 48  # at most: more make no audible difference
_DRAWBARS = ((0.5, 0.3), (1, 0.5), (2, 0.3), (3, 0.2), (4, 0.12))  # order, weight


def pad(hz: float, seconds: float, rate: int) -> Samples:
    """Blend three soft saws a few cents apart, swelling and dying slowly."""
    saws = [_wave(hz * 2 ** (cents / 1200), seconds + 0.8, rate, 1.6) for cents in (-7, 0, 6)]
    return _shaped(np.mean(saws, axis=0), rate, attack=0.5, release=0.8)


def strings(hz: float, seconds: float, rate: int) -> Samples:
    """Bow a saw section with vibrato and a bow's attack."""
    desks = [_wave(hz * detuned, seconds + 0.25, rate, 1.3, vibrato=0.004) for detuned in (1.0, 1.003)]
    return _shaped(np.mean(desks, axis=0), rate, attack=0.12, release=0.25)


def flute(hz: float, seconds: float, rate: int) -> Samples:
    """Blow: few harmonics and a gentle vibrato."""
    return _shaped(_wave(hz, seconds + 0.12, rate, 2.8, vibrato=0.005), rate, attack=0.07, release=0.12)


def piano(hz: float, seconds: float, rate: int) -> Samples:
    """Strike a string: bright at first, dark and quiet later."""
    bright, dark = _wave(hz, seconds + 0.3, rate, 1.1), _wave(hz, seconds + 0.3, rate, 2.4)
    return _shaped(_fade(bright, dark, 0.25, rate) * _decay(len(dark), 0.9, rate), rate, 0.003, 0.3)


def harp(hz: float, seconds: float, rate: int) -> Samples:
    """Pluck a string that rings for two seconds whatever is written."""
    length = max(seconds, 2.0)
    bright, dark = _wave(hz, length + 0.2, rate, 1.6), _wave(hz, length + 0.2, rate, 3.0)
    return _shaped(_fade(bright, dark, 0.15, rate) * _decay(len(dark), 0.6, rate), rate, 0.002, 0.2)


def guitar(hz: float, seconds: float, rate: int) -> Samples:
    """Send a saw through an overdriven amplifier."""
    driven = np.tanh(4.0 * _wave(hz, seconds + 0.06, rate, 1.0) + 1.0 * _wave(hz * 1.004, seconds + 0.06, rate, 1.0))
    return _shaped(0.6 * driven * _decay(len(driven), 2.5, rate), rate, attack=0.004, release=0.06)


def skank(hz: float, seconds: float, rate: int) -> Samples:
    """Mute an off-beat stroke, short whatever is written."""
    length = min(seconds, 0.11)
    return _shaped(_wave(hz, length + 0.05, rate, 1.3), rate, attack=0.003, release=0.05)


def organ(hz: float, seconds: float, rate: int) -> Samples:
    """Pull drawbars: octaves and a twelfth at even strength."""
    bars = [weight * _sine(hz * order, seconds + 0.04, rate) for order, weight in _DRAWBARS]
    return _shaped(np.sum(bars, axis=0), rate, attack=0.008, release=0.04)


def vibraphone(hz: float, seconds: float, rate: int) -> Samples:
    """Strike a bar of metal: one partial two octaves up that dies first, and a slow tremolo."""
    length = max(seconds, 0.8) + 0.2
    n = round(length * rate)
    tremolo = 1 + 0.25 * np.sin(2 * np.pi * 5.5 * np.arange(n) / rate)
    note = _sine(hz, length, rate) * _decay(n, 0.7, rate) + 0.35 * _sine(hz * 4, length, rate) * _decay(n, 0.12, rate)
    return _shaped(0.7 * note * tremolo, rate, attack=0.002, release=0.2)


def bell(hz: float, seconds: float, rate: int) -> Samples:
    """Modulate frequency at an odd ratio: a glassy bell."""
    length = max(seconds, 2.5)
    t = _clock(length + 0.3, rate)
    depth = 1.8 * np.exp(-t / 0.5)
    note = np.sin(2 * np.pi * hz * t + depth * np.sin(2 * np.pi * 3.5 * hz * t)) * np.exp(-t / 0.9)
    return _shaped(0.6 * note, rate, attack=0.003, release=0.3)


def stab(hz: float, seconds: float, rate: int) -> Samples:
    """Stab, bright and detuned, as club music does."""
    bright = _wave(hz, seconds + 0.12, rate, 0.9) + _wave(hz * 1.006, seconds + 0.12, rate, 0.9)
    dark = _wave(hz, seconds + 0.12, rate, 1.8)
    return _shaped(_fade(bright / 2, dark, 0.09, rate) * _decay(len(dark), 0.35, rate), rate, 0.003, 0.12)


def acid(hz: float, seconds: float, rate: int) -> Samples:
    """Let the brightness of a saw snap shut."""
    bright, dark = _wave(hz, seconds + 0.03, rate, 0.6), _wave(hz, seconds + 0.03, rate, 2.2)
    return _shaped(_fade(bright, dark, 0.06, rate), rate, attack=0.002, release=0.03)


def pulse(hz: float, seconds: float, rate: int) -> Samples:
    """Play a square wave, as the sound chips of early games had it; hard edges, no release to speak of."""
    turns = hz * _clock(seconds + 0.008, rate)
    return _shaped(0.5 * _read(_table(_audible(hz, rate), 1.0, 2), turns), rate, attack=0.002, release=0.008)


def sub(hz: float, seconds: float, rate: int) -> Samples:
    """Play a nearly pure bass."""
    return _shaped(_wave(hz, seconds + 0.05, rate, 3.5), rate, attack=0.008, release=0.05)


def electric_bass(hz: float, seconds: float, rate: int) -> Samples:
    """Pick an electric bass."""
    bright, dark = _wave(hz, seconds + 0.06, rate, 1.3), _wave(hz, seconds + 0.06, rate, 2.5)
    return _shaped(_fade(bright, dark, 0.12, rate) * _decay(len(dark), 1.5, rate), rate, 0.004, 0.06)


def upright_bass(hz: float, seconds: float, rate: int) -> Samples:
    """Pluck a double bass: round and soon gone."""
    note = _wave(hz, seconds + 0.08, rate, 2.2)
    return _shaped(note * _decay(len(note), 0.45, rate), rate, attack=0.006, release=0.08)


def _wave(hz: float, seconds: float, rate: int, tilt: float, *, vibrato: float = 0.0) -> Wave:
    """Return a periodic wave whose k-th harmonic has the weight k ** -tilt, peak 1."""
    t = _clock(seconds, rate)
    turns = hz * t
    if vibrato:  # relative depth of a 5 Hz wobble that sets in late, as players do it
        turns = turns - hz * vibrato * np.minimum(1, t / 0.3) * np.cos(2 * np.pi * 5 * t) / (2 * np.pi * 5)
    return _read(_table(_audible(hz, rate), tilt, 1), turns)


def _sine(hz: float, seconds: float, rate: int) -> Wave:
    return np.asarray(np.sin(2 * np.pi * hz * _clock(seconds, rate)))


def _clock(seconds: float, rate: int) -> Wave:
    return np.asarray(np.arange(round(seconds * rate)) / rate)


def _audible(hz: float, rate: int) -> int:
    """Return how many harmonics lie below half of the sample rate, with a margin for vibrato."""
    return min(_HARMONICS, max(1, int(0.45 * rate / hz)))


@lru_cache(maxsize=512)
def _table(harmonics: int, tilt: float, stride: int) -> Wave:
    """Return one period; of every ``stride``-th harmonic, so that 2 leaves the odd ones."""
    order = np.arange(1, harmonics + 1, stride)
    spectrum = np.zeros(_TABLE // 2 + 1, dtype=np.complex128)
    spectrum[order] = -1j * order.astype(np.float64) ** -tilt
    period = np.fft.irfft(spectrum)
    table: Wave = np.append(period, period[0]) / np.max(np.abs(period))  # one more, for the interpolation at the end
    table.flags.writeable = False  # shared by the cache
    return table


def _read(table: Wave, turns: Wave) -> Wave:
    """Read a period at these phases (1 is a whole turn), between its samples too."""
    place = (turns - np.floor(turns)) * _TABLE
    left = np.minimum(place.astype(np.int64), _TABLE - 1)
    return np.asarray(table[left] + (place - left) * (table[left + 1] - table[left]))


def _decay(n: int, seconds: float, rate: int) -> Wave:
    """Return an exponential that falls to 1/e in ``seconds``."""
    return np.asarray(np.exp(-np.arange(n) / (seconds * rate)))


def _fade(bright: Wave, dark: Wave, seconds: float, rate: int) -> Wave:
    """Go from the bright wave to the dark one, to 1/e in ``seconds``."""
    share = _decay(len(dark), seconds, rate)
    return dark + share * (bright[: len(dark)] - dark)


def _shaped(note: Wave, rate: int, attack: float, release: float) -> Samples:
    """Rise from silence over ``attack`` seconds, and fall back to it over the last ``release`` seconds."""
    up, down = max(1, round(attack * rate)), max(1, round(release * rate))
    t = np.arange(len(note))
    ramp = np.minimum(1, t / up) * np.minimum(1, (len(note) - 1 - t) / down)
    return np.asarray(note * ramp, dtype=np.float32)
