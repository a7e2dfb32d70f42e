"""Ways in which a piece of music may sound different and stay the same music; on images, in numpy."""

import numpy as np

from embedder.spectrogram import Image

TEMPO = 0.1  # faster or slower by at most so much
SHIFT = 3  # bands up or down
RANGE = np.float32(8.0)  # tenfold powers from 0 to 1 in an image: 80 dB
TILT, GAIN = 0.06, 0.04  # of the 80 dB: an equaliser's slope, a level


def varied(image: Image, width: int, random: np.random.Generator) -> Image:
    """Return a piece of an image: cut, stretched, shifted, tilted, band-limited and with holes.

    Parameters
    ----------
    image : np.ndarray, shape=(mels, frames), in [0, 1]
    width : int
        Frames of the piece, at most ``frames`` / (1 + ``TEMPO``).

    Returns
    -------
    piece : np.ndarray, shape=(mels, width), float32 in [0, 1]
    """
    piece = _tempo(image, width, random).astype(np.float32)
    mels = len(piece)
    if random.random() < 0.5:
        piece = _shifted(piece, int(random.integers(-SHIFT, SHIFT + 1)))
    if random.random() < 0.4:
        slope = np.linspace(-1, 1, mels, dtype=np.float32)[:, None] * random.uniform(-TILT, TILT)
        piece = piece + slope + np.float32(random.uniform(-GAIN, GAIN))
    if random.random() < 0.15:
        piece[random.integers(mels * 3 // 5, mels) :] = 0  # what a narrow channel leaves
    np.clip(piece, 0, 1, out=piece)
    for _ in range(2):
        piece[_hole(mels, mels // 11, random)] = 0
    piece[:, _hole(width, width // 6, random)] = 0
    return piece


def cut(image: Image, width: int, random: np.random.Generator) -> Image:
    """Return so many consecutive frames of an image as they are, float32."""
    start = random.integers(0, image.shape[1] - width + 1)
    return image[:, start : start + width].astype(np.float32)


def together(one: Image, other: Image, share: float) -> Image:
    """Return what two pieces sound like at once.

    Parameters
    ----------
    one, other : np.ndarray, shape=(mels, width), float32 in [0, 1]
    share : float, in (0, 1)
        Of the power that the first has in the sum.
    """
    louder, quieter = one + _level(share), other + _level(1 - share)
    powers = np.float32(10) ** (louder * RANGE) + np.float32(10) ** (quieter * RANGE)
    return np.clip(np.log10(powers) / RANGE, 0, 1).astype(np.float32)


def _level(share: float) -> np.float32:
    return np.float32(np.log10(max(share, 1e-6)) / RANGE)


def _tempo(image: Image, width: int, random: np.random.Generator) -> Image:
    stretch = random.uniform(1 - TEMPO, 1 + TEMPO) if random.random() < 0.4 else 1.0
    taken = min(image.shape[1], round(width * stretch))
    start = random.integers(0, image.shape[1] - taken + 1)
    return image[:, np.linspace(start, start + taken - 1, width).round().astype(int)]


def _shifted(piece: Image, bands: int) -> Image:
    """Return the piece so many bands higher; the edge's band fills what becomes free."""
    return piece[np.clip(np.arange(len(piece)) - bands, 0, len(piece) - 1)]


def _hole(size: int, longest: int, random: np.random.Generator) -> slice:
    length = int(random.integers(0, longest + 1))
    start = int(random.integers(0, size - length + 1))
    return slice(start, start + length)
