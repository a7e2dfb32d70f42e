"""What signal statistics know of a slice (timbre, rhythm, harmony), computed from its image inside the network."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from embedder.spectrogram import AudioSettings, band_centres

COEFFICIENTS, NARROW = 40, 20  # cepstral coefficients by their mean; by their movement
GROUPS = 16  # of neighbouring bands
RHYTHM_GROUPS = 8
PITCHES = 12
SMOOTHING = 6.0  # bands, deviation of the bell that tells a peak from its surroundings
COARSE = 4  # bands averaged before it
TONAL = (180.0, 4000.0)  # Hz, between which peaks are read as pitches

# Sizes of the families, in the order in which they stand.
FAMILIES = {
    "cepstrum": COEFFICIENTS,
    "cepstral_spread": NARROW,
    "cepstral_correlation": NARROW * (NARROW - 1) // 2,
    "cepstral_covariance": NARROW * (NARROW + 1) // 2,
    "cepstral_change": NARROW,
    "bands": GROUPS,
    "modulation": 11 * RHYTHM_GROUPS,
    "onsets": GROUPS,
    "onset_spread": GROUPS,
    "peak_spread": GROUPS,
    "range_spread": GROUPS,
    "chroma": PITCHES,
    "chroma_spread": PITCHES,
    "intervals": PITCHES // 2 + 1,
    "quiet": GROUPS,
}
STATISTICS = sum(FAMILIES.values())


def cosines(count: int, size: int) -> npt.NDArray[np.float32]:
    """Return the first rows of the orthonormal discrete cosine transform (its first row times 1.41)."""
    places = np.arange(size) + 0.5
    table = np.cos(np.pi * np.arange(count)[:, None] * places / size) * np.sqrt(2 / size)
    return np.asarray(table, dtype=np.float32)


def groups(count: int, size: int) -> npt.NDArray[np.float32]:
    """Return the matrix that takes means of neighbours, shape=(count, size)."""
    return np.kron(np.eye(count), np.full(size // count, count / size)).astype(np.float32)


def bell(size: int, step: int, deviation: float) -> npt.NDArray[np.float32]:
    """Return the matrix that smooths by a Gaussian what was averaged by ``step``, shape=(size, size / step).

    Rows sum to 1. Averaging first costs a ``step``-th and differs little where ``step`` is less than ``deviation``.
    """
    places, centres = np.arange(size), np.arange(size // step) * step + (step - 1) / 2
    weights = np.exp(-0.5 * ((places[:, None] - centres) / deviation) ** 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def pitch_classes(audio: AudioSettings) -> npt.NDArray[np.float32]:
    """Return how much each band counts for each of the twelve pitch classes, A first, shape=(12, mels)."""
    centres = np.maximum(band_centres(audio), 1.0)
    above = 12 * np.log2(centres / 440.0)
    away = (above - np.arange(PITCHES)[:, None] + PITCHES / 2) % PITCHES - PITCHES / 2
    tonal = (centres > TONAL[0]) & (centres < TONAL[1])
    return np.asarray(np.exp(-0.5 * (away / 0.5) ** 2) * tonal, dtype=np.float32)


def modulations(frames: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return waves under a Hann window, (frames, 2 n), cosines first, and the means over eleven ranges, (n, 11)."""
    rates = np.arange(1, frames // 4)
    turns = 2 * np.pi * np.arange(frames)[:, None] * rates / frames
    waves = np.concatenate([np.cos(turns), np.sin(turns)], axis=1) * np.hanning(frames)[:, None]
    edges = np.geomspace(1.5, frames // 4, 13)
    within = (rates[:, None] >= edges[:-1]) & (rates[:, None] < edges[1:])
    ranges = within[:, within.any(axis=0)].astype(np.float64)
    return waves.astype(np.float32), (ranges / ranges.sum(axis=0)).astype(np.float32)


class Statistics(keras.layers.Layer):  # type: ignore[misc]
    """Images (n, mels, frames, 1) to ``STATISTICS`` numbers each; fixed arithmetic, nothing is learnt.

    Logarithms tame what spreads over decades; constants inside them keep silence finite.
    """

    def __init__(self, audio: AudioSettings, **options: Any) -> None:
        super().__init__(trainable=False, **options)
        self._mels, self._frames = audio.mels, audio.frames
        self._cepstrum = cosines(COEFFICIENTS, audio.mels)
        self._groups = groups(GROUPS, audio.mels)
        self._bell = bell(audio.mels, COARSE, SMOOTHING)
        self._pitches = pitch_classes(audio)
        self._waves, self._ranges = modulations(audio.frames)
        upper, apart = np.triu_indices(NARROW), np.triu_indices(NARROW, 1)
        self._upper, self._apart = upper[0] * NARROW + upper[1], apart[0] * NARROW + apart[1]

    def call(self, images: Any) -> Any:
        """Return the families side by side, shape=(n, STATISTICS)."""
        image = ops.reshape(images, (-1, self._mels, self._frames))
        told = {**self._timbre(image), **self._movement(image), **self._harmony(image)}
        return ops.concatenate([told[name] for name in FAMILIES], axis=1)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, int]:
        """Return (n, STATISTICS)."""
        return shape[0], STATISTICS

    def _timbre(self, image: Any) -> dict[str, Any]:
        """Describe cepstral coefficients: where they lie and how they vary together."""
        cepstrum = ops.matmul(self._cepstrum, image)
        middle = ops.mean(cepstrum, axis=2)
        narrow = cepstrum[:, :NARROW] - middle[:, :NARROW, None]
        covariance = ops.matmul(narrow, ops.transpose(narrow, (0, 2, 1))) / self._frames
        spread = ops.sqrt(ops.mean(narrow * narrow, axis=2) + 1e-4)
        correlation = covariance / (spread[:, :, None] * spread[:, None, :])
        flat = (-1, NARROW * NARROW)
        change = narrow[:, :, 2:] - narrow[:, :, :-2]
        return {
            "cepstrum": middle,
            "cepstral_spread": ops.log(spread),
            "cepstral_correlation": ops.take(ops.reshape(correlation, flat), self._apart, axis=1),
            "cepstral_covariance": ops.take(ops.reshape(covariance, flat), self._upper, axis=1),
            "cepstral_change": 0.5 * ops.log(ops.mean(change * change, axis=2) + 1e-4),
        }

    def _movement(self, image: Any) -> dict[str, Any]:
        """Follow groups of bands: how loud they are, how fast they swing, how they begin."""
        bands = ops.matmul(self._groups, image)
        middle = ops.mean(bands, axis=2, keepdims=True)
        swing = ops.reshape(bands - middle, (-1, RHYTHM_GROUPS, GROUPS // RHYTHM_GROUPS, self._frames))
        power = ops.square(ops.matmul(ops.mean(swing, axis=2), self._waves))
        half = self._waves.shape[1] // 2
        rates = ops.matmul(power[:, :, :half] + power[:, :, half:], self._ranges)
        onsets = ops.matmul(self._groups, ops.relu(image[:, :, 1:] - image[:, :, :-1]))
        quiet = ops.relu(middle - bands)
        return {
            "bands": middle[:, :, 0],
            "modulation": ops.reshape(ops.log(rates + 1e-2), (-1, FAMILIES["modulation"])),
            "onsets": ops.log(ops.mean(onsets, axis=2) + 1e-3),
            "onset_spread": ops.log(_deviation(onsets) + 1e-3),
            "quiet": ops.log(ops.mean(quiet * quiet, axis=2) + 1e-4),
        }

    def _harmony(self, image: Any) -> dict[str, Any]:
        """Read peaks over their surroundings, and the pitches that they stand for."""
        coarse = ops.mean(ops.reshape(image, (-1, self._mels // COARSE, COARSE, self._frames)), axis=2)
        peaks = ops.relu(image - ops.matmul(self._bell, coarse))
        blocks = ops.reshape(image, (-1, GROUPS, self._mels // GROUPS, self._frames))
        heights = ops.max(blocks, axis=2) - ops.min(blocks, axis=2)
        pitches = ops.matmul(self._pitches, peaks)
        chroma = pitches / (ops.sum(pitches, axis=1, keepdims=True) + 1e-2)
        intervals = [
            ops.mean(ops.sum(chroma * ops.roll(chroma, step, axis=1), axis=1), axis=1)
            for step in range(FAMILIES["intervals"])
        ]
        return {
            "peak_spread": _deviation(ops.matmul(self._groups, peaks)),
            "range_spread": _deviation(heights),
            "chroma": ops.mean(chroma, axis=2),
            "chroma_spread": _deviation(chroma),
            "intervals": ops.stack(intervals, axis=1),
        }


def _deviation(tracks: Any) -> Any:
    """Return the standard deviation over time, without the infinite slope of a root at 0."""
    away = tracks - ops.mean(tracks, axis=2, keepdims=True)
    return ops.sqrt(ops.mean(away * away, axis=2) + 1e-8)
