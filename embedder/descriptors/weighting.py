"""K-weighting by ITU-R BS.1770-4, at any sample rate and fast.

It is a shelf and a high pass. The standard gives their coefficients at 48 kHz only; here they are derived again for
every rate from the analogue filters behind them (Brecht De Man, "Evaluation of implementations of the EBU R128 loudness
measurement", AES 145, 2018).

A recursive filter needs each sample before the next. Written as a sum of one-pole filters, though, what a block of
samples passes on is one number a pole; within blocks the filter is a product of matrices, a third of the time.
"""

import numpy as np
import numpy.typing as npt

BLOCK = 48  # samples that one product takes
TEST_HZ = 997.0  # of the standard's test tone
STANDARD_RATE = 48_000  # Hz

Coefficients = npt.NDArray[np.float64]  # (sections, 6)
Poles = npt.NDArray[np.complex128]
Planar = npt.NDArray[np.float32]  # (channels, n)


class Weighting:
    """The filter at work on some channels; its state goes on from call to call."""

    def __init__(self, rate: int, channels: int) -> None:
        """Begin at rest; ``rate`` in Hz."""
        poles, residues, direct = _parallel(k_weighting(rate))
        powers = poles[:, None] ** np.arange(BLOCK + 1)
        response = 2 * np.real(residues @ powers[:, :-1])
        response[0] += direct
        lag = np.arange(BLOCK)[None, :] - np.arange(BLOCK)[:, None]  # column: sample out, row: sample in
        self._within = np.where(lag >= 0, response[lag], 0).astype(np.float32)
        carried = 2 * residues[:, None] * powers[:, 1:]
        self._after = np.concatenate((carried.real, -carried.imag)).astype(np.float32)
        into = powers[:, BLOCK - 1 :: -1].T
        self._into = np.concatenate((into.real, into.imag), axis=1).astype(np.float32)
        self._steps = powers[:, -1]
        self._state = np.zeros((len(poles), channels, 1), dtype=np.complex128)

    def __call__(self, samples: Planar) -> Planar:
        """Return the weighted samples; shape=(channels, n), n a multiple of ``BLOCK``."""
        blocks = samples.reshape(len(samples), -1, BLOCK)
        parts = (blocks @ self._into).astype(np.float64)
        count = len(self._steps)
        poles = parts[..., :count] + 1j * parts[..., count:]
        held = np.empty_like(poles)
        for i, step in enumerate(self._steps):
            after = _decayed(poles[..., i], step, self._state[i])
            held[:, 0, i], held[:, 1:, i] = self._state[i][:, 0], after[:, :-1]
            self._state[i] = after[:, -1:]
        kept = np.concatenate((held.real, held.imag), axis=2).astype(np.float32)
        return np.asarray(blocks @ self._within + kept @ self._after).reshape(samples.shape)


def _decayed(inputs: Poles, step: complex, before: Poles) -> Poles:
    """Return y[t] = x[t] + step y[t - 1] along axis 1, y[-1] being ``before``.

    By doubling (Hillis and Steele 1986), so that scipy.signal need not be loaded: that takes most of a second.
    """
    sums = inputs.copy()
    sums[:, :1] += step * before
    reach, factor = 1, step
    while reach < sums.shape[1]:
        sums[:, reach:] += factor * sums[:, :-reach].copy()
        reach, factor = 2 * reach, factor * factor
    return sums


def k_weighting(rate: int) -> Coefficients:
    """Return the standard's two filters for a sample rate in Hz, as second-order sections; shape=(2, 6).

    At 48 kHz these are the standard's own coefficients. At other rates they are scaled to the same gain for the test
    tone, which the bilinear transform moves by 0.2 dB at 8 kHz.
    """
    sections = np.array([_shelf(rate), _high_pass(rate)])
    standard = np.array([_shelf(STANDARD_RATE), _high_pass(STANDARD_RATE)])
    sections[0, :3] *= _gain(standard, STANDARD_RATE) / _gain(sections, rate)
    return sections


def _gain(sections: Coefficients, rate: int) -> float:
    z = np.exp(-2j * np.pi * TEST_HZ / rate)
    return float(np.prod([abs(np.polyval(one[2::-1], z) / np.polyval(one[:2:-1], z)) for one in sections]))


def _shelf(rate: int) -> list[float]:
    hz, gain, quality = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k = np.tan(np.pi * hz / rate)
    high = 10 ** (gain / 20)
    band = high**0.4996667741545416
    norm = 1 + k / quality + k * k
    zeros = (high + band * k / quality + k * k, 2 * (k * k - high), high - band * k / quality + k * k)
    return [*(z / norm for z in zeros), 1, 2 * (k * k - 1) / norm, (1 - k / quality + k * k) / norm]


def _high_pass(rate: int) -> list[float]:
    hz, quality = 38.13547087602444, 0.5003270373238773
    k = np.tan(np.pi * hz / rate)
    norm = 1 + k / quality + k * k
    return [1, -2, 1, 1, 2 * (k * k - 1) / norm, (1 - k / quality + k * k) / norm]


def _parallel(sections: Coefficients) -> tuple[Poles, Poles, float]:
    """Return one pole of each conjugate pair, its residue, and the direct gain (partial fractions)."""
    poles = np.concatenate([np.roots(section[3:]) for section in sections])
    zeros = np.polymul(sections[0, :3], sections[1, :3])
    chosen = poles[poles.imag > 0]
    residues = [
        np.polyval(zeros[::-1], 1 / pole) / np.prod([1 - other / pole for other in poles if other != pole])
        for pole in chosen
    ]
    direct = float(np.prod(sections[:, 2]) / np.prod(sections[:, 5]))
    return chosen, np.array(residues), direct
