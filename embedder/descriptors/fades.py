"""Fades: where the sound has come in, and where it begins to go."""

import numpy as np
from scipy.ndimage import uniform_filter1d

from embedder.descriptors.timbre import Rows

SMOOTH = 1.0  # seconds over which the level is averaged
DOWN = 8.0  # dB below the body of the recording: faded
SHORT = 1.0  # seconds; a shorter fade is none


def fades(level: Rows, rate: float, duration: float) -> tuple[float, float]:
    """Return the end of the fade-in and the start of the fade-out, in seconds; 0 and the duration where there is none.

    The body is the 60th percentile of the level over a second; the sound is in where it first comes within 8 dB of it.
    """
    if not len(level):
        return 0.0, duration
    power = np.power(10.0, level.astype(np.float64) / 10)
    smooth = 10 * np.log10(np.maximum(uniform_filter1d(power, 2 * round(SMOOTH * rate / 2) + 1), 1e-12))
    inside = np.flatnonzero(smooth >= np.percentile(smooth, 60) - DOWN)
    first, last = inside[0] / rate, (inside[-1] + 1) / rate
    fade_in = float(first) if first >= SHORT else 0.0
    return fade_in, float(last) if duration - last >= SHORT else duration
