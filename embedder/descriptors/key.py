"""Key and mode: which of 24 profiles the pitch classes of the recording correlate with best.

Profile correlation, as Krumhansl and Schmuckler have it (Krumhansl 1990), on pitch classes of spectral peaks, after the
tuning has been found by the circular mean of the peaks' deviations from equal temperament.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from embedder.descriptors.pitches import FINE, STEPS

AT_ONCE = 4096  # rows that are in memory as float32

# how often each degree sounds in a key: Albrecht and Shanahan (2013), from Baroque to Romantic music, and Bellman
# (2005) after Budge's counts of chords; the mean of both, each brought to mean 0 and deviation 1
MAJOR = (
    (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    (16.80, 0.86, 12.95, 1.41, 13.49, 11.93, 1.25, 20.28, 1.80, 8.04, 0.62, 10.57),
)
MINOR = (
    (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
    (18.16, 0.69, 12.99, 13.34, 1.07, 11.15, 1.38, 21.07, 7.49, 1.53, 0.92, 10.21),
)


@dataclass(frozen=True, slots=True)
class Key:
    """What 12 pitch classes sound like."""

    tonic: int  # 0 is C, 11 is B
    mode: int  # 1 major, 0 minor
    fit: float  # correlation with the best profile, -1 to 1
    classes: float  # how many pitch classes there are, by their participation: 1 is a single tone, 12 is noise
    evenness: float  # how far the peaks keep to one tuning, 0 to 1
    tonic_margin: float  # fit less that of the best profile of another tonic
    mode_margin: float  # fit less that of the same tonic's other mode


def evenness(fine: npt.NDArray[np.floating]) -> float:
    """Return how far peaks keep to one tuning: 0 where they fall anywhere, as in noise, 1 where all are in tune.

    Music is between 0.05 and 0.5; noise is below 0.03.
    """
    return float(np.abs(_turn(fine)) / max(1e-12, float(fine.sum(dtype=np.float64))))


def tuning(fine: npt.NDArray[np.floating]) -> float:
    """Return how far from 440 Hz the recording is tuned, in semitones, -0.5 to 0.5.

    Parameters
    ----------
    fine : np.ndarray, shape=(n, FINE)
        Strength of fine pitch classes.
    """
    return float(np.angle(_turn(fine)) / (2 * np.pi))


def _turn(fine: npt.NDArray[np.floating]) -> complex:
    """Return the sum of all peaks as arrows that go round once a semitone."""
    total = fine.sum(axis=0, dtype=np.float64).reshape(12, STEPS).sum(axis=0)
    return complex(np.sum(total * np.exp(2j * np.pi * np.arange(STEPS) / STEPS)))


def folded(fine: npt.NDArray[np.floating], off: float) -> npt.NDArray[np.float32]:
    """Return 12 pitch classes of a recording that is tuned ``off`` semitones high; shape=(n, 12), float32."""
    place = (np.arange(FINE) / STEPS - off) % 12
    distance = np.abs((place[:, None] - np.arange(12)[None, :] + 6) % 12 - 6)
    weight = np.maximum(0, 1 - distance).astype(np.float32)
    parts = [fine[start : start + AT_ONCE].astype(np.float32) @ weight for start in range(0, len(fine), AT_ONCE)]
    return np.concatenate(parts) if parts else np.empty((0, 12), dtype=np.float32)


def key(chroma: npt.NDArray[np.floating], even: float) -> Key:
    """Return the key of pitch classes over time.

    Parameters
    ----------
    chroma : np.ndarray, shape=(n, 12)
        Each row counts by its shape, not by its loudness.
    even : float
        ``evenness`` of the recording.
    """
    top = chroma.max(axis=1, initial=0, keepdims=True)
    mean = (chroma / np.maximum(top, 1e-9)).sum(axis=0, dtype=np.float64)
    fits = _profiles() @ _standard(mean) / 12
    mode, tonic = np.unravel_index(int(fits.argmax()), fits.shape)
    best = float(fits[mode, tonic])
    others = np.delete(fits, tonic, axis=1)
    return Key(
        tonic=int(tonic), mode=int(1 - mode), fit=best, evenness=even,
        classes=float(mean.sum() ** 2 / max(1e-12, float(np.square(mean).sum()))),
        tonic_margin=best - float(others.max()), mode_margin=best - float(fits[1 - mode, tonic]),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _profiles() -> npt.NDArray[np.float64]:
    """Return the profiles of all keys, shape=(2, 12, 12): major and minor, tonic, pitch class."""
    means = [_standard(np.mean([_standard(np.array(one)) for one in both], axis=0)) for both in (MAJOR, MINOR)]
    return np.array([[np.roll(mean, tonic) for tonic in range(12)] for mean in means])


def _standard(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    spread = float(x.std())
    return (x - x.mean()) / spread if spread > 0 else np.zeros_like(x)
