"""Signals whose content is known by construction; tests and goldens are made of them."""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]  # shape (n_samples,), in [-1, 1]

RATE = 22_050  # Hz
_CLICK_SECONDS = 0.01
_CLICK_HZ = 2_000.0


def tone(hz: float, seconds: float, rate: int = RATE, level: float = 0.5) -> Samples:
    """Return a sine that begins at zero.

    Parameters
    ----------
    hz : float
        Frequency, below half of ``rate``.
    seconds : float
        Length; ``round(seconds * rate)`` samples.
    rate : int
        Samples a second.
    level : float in [0, 1]
        Peak.

    Returns
    -------
    y : np.ndarray, shape=(n_samples,), float32
    """
    return (level * np.sin(2 * np.pi * hz * _clock(seconds, rate))).astype(np.float32)


def chirp(low: float, high: float, seconds: float, rate: int = RATE, level: float = 0.5) -> Samples:
    """Return a sine whose frequency goes from ``low`` to ``high`` Hz, the same number of octaves every second.

    Returns
    -------
    y : np.ndarray, shape=(n_samples,), float32, peak ``level``
        At the time t its frequency is ``low * (high / low) ** (t / seconds)``.

    Raises
    ------
    ValueError
        If a frequency is not above 0.
    """
    if min(low, high) <= 0:
        raise ValueError(f"a chirp goes between frequencies above 0, not {low} and {high}")
    octaves = np.log2(high / low)
    t = _clock(seconds, rate)
    if octaves == 0:
        return tone(low, seconds, rate, level)
    turns = low * seconds / (octaves * np.log(2)) * (2.0 ** (octaves * t / seconds) - 1)
    return np.asarray(level * np.sin(2 * np.pi * turns), dtype=np.float32)


def click_track(bpm: float, seconds: float, rate: int = RATE, level: float = 0.5) -> Samples:
    """Return short decaying clicks, one a beat, the first at 0 s.

    Parameters
    ----------
    bpm : float
        Beats a minute; click i begins at sample ``round(i * 60 / bpm * rate)``.

    Returns
    -------
    y : np.ndarray, shape=(n_samples,), float32, peak at most ``level``
        Exactly zero between the clicks.
    """
    y = np.zeros(round(seconds * rate), dtype=np.float32)
    t = _clock(_CLICK_SECONDS, rate)
    # a raised cosine brings the click to zero at both ends: no second onset where it stops
    click = (level * np.sin(2 * np.pi * _CLICK_HZ * t) * np.cos(np.pi * t / (2 * _CLICK_SECONDS)) ** 2).astype(
        np.float32
    )
    for start in np.round(np.arange(0, seconds, 60 / bpm) * rate).astype(int):
        y[start : start + len(click)] = click[: len(y) - start]
    return y


def noise(seed: int, seconds: float, rate: int = RATE, level: float = 0.5) -> Samples:
    """Return white noise, uniform in [-level, level]; one seed gives one signal.

    Returns
    -------
    y : np.ndarray, shape=(n_samples,), float32
    """
    return np.random.default_rng(seed).uniform(-level, level, round(seconds * rate)).astype(np.float32)


def silence(seconds: float, rate: int = RATE) -> Samples:
    """Return digital silence, shape=(n_samples,), float32."""
    return np.zeros(round(seconds * rate), dtype=np.float32)


def _clock(seconds: float, rate: int) -> npt.NDArray[np.float64]:
    return np.arange(round(seconds * rate)) / rate
