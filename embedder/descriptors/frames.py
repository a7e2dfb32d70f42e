"""What is kept of every frame: its level, its energy in bands, and the pitch classes of its peaks.

A frame's spectrum has a thousand bins; 40 bands and 60 pitch classes are what tempo, metre, key, sections and segments
need of it. An hour of them is 20 MB.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.sparse

from embedder.descriptors.pages import Pages
from embedder.descriptors.pitches import FINE, TOGETHER, pitch_bank, pitch_classes
from embedder.settings import AudioSettings
from embedder.spectrogram import Power, hann, hz_to_mel, mel_to_hz

BANDS = 40
SILENCE = 1e-12  # mean square that counts as nothing: -120 dBFS
LOUDEST = np.float32(6e4)  # strength of a pitch class that float16 holds; full scale is about 1000
BLOCK = 64  # frames that are looked at together, whatever the blocks that come in: sums must not depend on those


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """A recording, frame by frame."""

    rate: float  # frames a second
    level: npt.NDArray[np.float32]  # (n,), dBFS of the mean square under the window; a full-scale sine is -3
    bands: npt.NDArray[np.float16]  # (n, BANDS), dB of the mean square in each band, lowest first
    pitches: npt.NDArray[np.float16]  # (ceil(n / TOGETHER), FINE), strength of each fine pitch class


class FrameTrack:
    """Takes power spectra and keeps the few numbers; the same ones however the frames were cut into blocks."""

    def __init__(self, audio: AudioSettings) -> None:
        self._rate = audio.sample_rate / audio.hop
        self._bank, self._pitch_bank = band_bank(audio), pitch_bank(audio)
        self._waiting = np.empty((audio.n_fft // 2 + 1, BLOCK), dtype=np.float32)
        self._held = 0  # frames in _waiting
        self.count = 0  # frames that were fed
        self._level, self._bands, self._pitches = (
            Pages(1, np.float32),
            Pages(BANDS, np.float16),
            Pages(FINE, np.float16),
        )

    def feed(self, power: Power) -> None:
        """Take the next frames; nothing of ``power`` is kept or changed.

        Parameters
        ----------
        power : np.ndarray, shape=(n_fft // 2 + 1, n_frames), float32
        """
        at, count = 0, power.shape[1]
        self.count += count
        while at < count:
            if not self._held and count - at >= BLOCK:
                self._take(power[:, at : at + BLOCK])
                at += BLOCK
                continue
            taken = min(BLOCK - self._held, count - at)
            self._waiting[:, self._held : self._held + taken] = power[:, at : at + taken]
            self._held += taken
            at += taken
            if self._held == BLOCK:
                self._take(self._waiting)
                self._held = 0

    def frames(self) -> Frames:
        """Hand over what was fed. Feeding ends with it."""
        if self._held:
            self._waiting[:, self._held :] = 0
            self._take(self._waiting)
            self._held = 0
        return Frames(
            rate=self._rate, level=self._level.joined()[: self.count, 0], bands=self._bands.joined()[: self.count],
            pitches=self._pitches.joined()[: -(-self.count // TOGETHER)],
        )  # fmt: skip

    def _take(self, power: Power) -> None:
        energy = self._bank @ power
        self._level.append(decibels(energy.sum(axis=0))[:, None])
        self._bands.append(decibels(energy).T)
        self._pitches.append(_held(pitch_classes(power, self._pitch_bank)))


def _held(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return rows of pitch classes, those that are too loud for float16 made softer: they keep their shape."""
    return np.asarray(rows * (LOUDEST / np.maximum(rows.max(axis=1, keepdims=True), LOUDEST)), dtype=np.float32)


def decibels(energy: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return dB of mean squares, float32, not below -120."""
    floored = np.maximum(energy, np.float32(SILENCE))
    np.log10(floored, out=floored)
    floored *= 10
    return floored


@lru_cache(maxsize=4)
def band_bank(audio: AudioSettings) -> scipy.sparse.csr_array:
    """Return triangles on Slaney's mel scale that sum to one at every bin but DC, shape=(BANDS, n_bins), float32.

    Scaled so that the bands of a frame sum to its mean square (Parseval).
    """
    bins = np.fft.rfftfreq(audio.n_fft, 1 / audio.sample_rate)
    centres = mel_to_hz(np.linspace(0, hz_to_mel(audio.sample_rate / 2), BANDS + 2))[1:-1]
    place = np.interp(bins, centres, np.arange(BANDS))
    weights = np.maximum(0, 1 - np.abs(place[None, :] - np.arange(BANDS)[:, None]))
    weights[:, 0] = 0
    window = hann(audio.n_fft).astype(np.float64)
    return scipy.sparse.csr_array((weights * 2 / (audio.n_fft * np.sum(window**2))).astype(np.float32))
