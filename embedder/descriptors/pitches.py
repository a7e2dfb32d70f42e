"""Pitch classes of spectral peaks, in fifths of a semitone, so that the tuning can be found afterwards."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedder.settings import AudioSettings

STEPS = 5  # fine classes a semitone: 20 cents each
FINE = 12 * STEPS
TOGETHER = 4  # frames whose mean spectrum is searched for peaks: 80 ms
LOW, HIGH = 65.0, 3500.0  # Hz, where peaks are looked for
FLOOR = 1e-10  # power below which a bin is no peak


@dataclass(frozen=True, slots=True, eq=False)
class PitchBank:
    """Where peaks are looked for."""

    first: int  # bin
    last: int  # bin, not included
    bin_hz: float


def pitch_bank(audio: AudioSettings) -> PitchBank:
    """Return the bins between ``LOW`` and ``HIGH``."""
    bin_hz = audio.sample_rate / audio.n_fft
    last = min(audio.n_fft // 2, int(HIGH / bin_hz) + 1)
    return PitchBank(first=max(1, round(LOW / bin_hz)), last=last, bin_hz=bin_hz)


def pitch_classes(power: npt.NDArray[np.float32], bank: PitchBank) -> npt.NDArray[np.float32]:
    """Return the strength of fine pitch classes, class 0 centred on C.

    A peak is a bin above both neighbours in the mean spectrum of ``TOGETHER`` frames; a parabola through the three log
    powers gives its frequency to a tenth of a bin. It counts by its magnitude.

    Parameters
    ----------
    power : np.ndarray, shape=(n_bins, n), n a multiple of ``TOGETHER``

    Returns
    -------
    strength : np.ndarray, shape=(n // TOGETHER, FINE), float32
    """
    low, high, groups = bank.first - 1, bank.last + 1, power.shape[1] // TOGETHER
    mean = power[low:high, 0::TOGETHER] + power[low:high, 1::TOGETHER]
    for i in range(2, TOGETHER):
        mean += power[low:high, i::TOGETHER]
    inner = mean[1:-1]
    peak = (inner > mean[:-2]) & (inner >= mean[2:]) & (inner > FLOOR)
    rows, columns = np.divmod(np.flatnonzero(peak), groups)
    flat = mean.ravel()
    places = rows * groups + columns
    below, at, above = (np.log(np.maximum(flat[places + i * groups], FLOOR)) for i in range(3))
    curve = below - 2 * at + above
    shift = np.where(curve < 0, 0.5 * (below - above) / np.minimum(curve, -FLOOR), 0)
    hz = (rows + shift + bank.first) * bank.bin_hz
    fine = np.rint(FINE * np.log2(hz / _C4)).astype(np.int64) % FINE
    weight = np.exp(0.5 * at)
    strength = np.bincount(columns * FINE + fine, weights=weight, minlength=groups * FINE)
    return strength.reshape(groups, FINE).astype(np.float32)


_C4 = 440 * 2 ** (-9 / 12)  # Hz
