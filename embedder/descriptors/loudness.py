"""Loudness by ITU-R BS.1770-4, with sample peak and RMS, measured while the samples go by."""

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from embedder.descriptors.weighting import BLOCK, Weighting

STEPS_A_SECOND = 10  # a block is four steps: 400 ms, overlapping by three quarters
STEPS_A_BLOCK = 4
ABSOLUTE_GATE = -70.0  # LUFS
RELATIVE_GATE = -10.0  # LU below the mean of what passes the absolute gate
OFFSET = -0.691  # LU: the weighting's gain at 997 Hz, taken away
SURROUND = 1.41  # weight of a channel at 60 to 120 degrees
LOWEST_RATE = 8_000  # Hz; below, too little of the band is there for the standard to mean anything

# weights in the order of WAVE_FORMAT_EXTENSIBLE: L R C LFE, back, side
_LAYOUTS = {
    4: (1, 1, SURROUND, SURROUND),
    5: (1, 1, 1, SURROUND, SURROUND),
    6: (1, 1, 1, 0, SURROUND, SURROUND),
    7: (1, 1, 1, 0, 1, SURROUND, SURROUND),
    8: (1, 1, 1, 0, 1, 1, SURROUND, SURROUND),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud a recording is; each None where it cannot be told."""

    lufs: float | None = None  # integrated loudness, gated; None below 400 ms, or where all is below the gate
    rms_dbfs: float | None = None  # mean square of all channels, dB; a full-scale square wave is 0
    peak_dbfs: float | None = None  # largest sample, dB; not the true peak between samples

    def as_json(self) -> dict[str, float | None]:
        """Return a plain dict of numbers."""
        return asdict(self)


class Meter:
    """Measures a recording's loudness from its own channels at its own rate, in bounded memory.

    What it keeps is ten numbers a second: 0.3 MB for an hour. The answer does not depend on the blocks.
    """

    def __init__(self, rate: int, channels: int) -> None:
        """Begin; ``rate`` in Hz."""
        self._rate = rate
        self._channels = np.array(_LAYOUTS.get(channels, (1.0,) * channels), dtype=np.float32)
        self._weighting = Weighting(rate, channels) if rate >= LOWEST_RATE else None
        # half a second, whole blocks of the filter: sums must not depend on the blocks that come in
        self._chunk = np.zeros((-(-rate // (2 * BLOCK)) * BLOCK, channels), dtype=np.float32)
        self._held = 0
        self._steps = [0.0]  # weighted sums of squares; the last one is not over yet
        self._squares, self._samples, self._peak = 0.0, 0, 0.0

    def feed(self, samples: npt.NDArray[np.float32]) -> None:
        """Take the next samples.

        Parameters
        ----------
        samples : np.ndarray, shape=(n, channels), float32
            Full scale is 1.
        """
        at = 0
        while at < len(samples):
            taken = samples[at : at + len(self._chunk) - self._held]
            self._chunk[self._held : self._held + len(taken)] = taken
            self._held += len(taken)
            at += len(taken)
            if self._held == len(self._chunk):
                self._measure()

    def levels(self) -> Levels:
        """Return what was measured. Feeding ends with it."""
        if self._held:
            self._chunk[self._held :] = 0
            self._measure()
        values = self._samples * len(self._channels)
        return Levels(
            lufs=self._integrated(),
            rms_dbfs=_db(self._squares / values) if self._squares else None,
            peak_dbfs=_db(self._peak**2) if self._peak else None,
        )

    def _measure(self) -> None:
        planar = np.ascontiguousarray(self._chunk.T)
        begin, self._samples, self._held = self._samples, self._samples + self._held, 0
        self._peak = max(self._peak, float(planar.max()), -float(planar.min()))
        self._squares += float(np.vdot(planar, planar))
        if self._weighting is None:
            return
        weighted = self._weighting(planar)
        edges = _edges(begin, len(self._chunk), self._rate)
        sums = np.add.reduceat(np.square(weighted, out=weighted), np.append(0, edges), axis=1)
        first, *others = (self._channels @ sums).tolist()
        self._steps[-1] += first
        self._steps += others

    def _integrated(self) -> float | None:
        whole = self._samples * STEPS_A_SECOND // self._rate  # the rest of a step was not heard, or is padding
        steps = np.array(self._steps[:whole]) * STEPS_A_SECOND / self._rate
        if self._weighting is None or whole < STEPS_A_BLOCK:
            return None
        blocks = np.convolve(steps, np.full(STEPS_A_BLOCK, 1 / STEPS_A_BLOCK), "valid")
        passing = blocks[blocks > _power(ABSOLUTE_GATE)]
        if not len(passing):
            return None
        passing = passing[passing > passing.mean() * 10 ** (RELATIVE_GATE / 10)]
        return OFFSET + _db(float(passing.mean()))


def _edges(begin: int, count: int, rate: int) -> npt.NDArray[np.int64]:
    """Return where steps begin among ``count`` samples from sample ``begin`` on, the very first step left out."""
    first, last = (-(-at * STEPS_A_SECOND // rate) for at in (begin, begin + count))
    edges = -(-np.arange(max(first, 1), last) * rate // STEPS_A_SECOND) - begin
    return edges[edges < count]


def _db(power: float) -> float:
    return float(10 * np.log10(power))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET) / 10))
