"""The recordings that are measured: real music where the shared data is there, else music by formula."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

FORMATS = Path(__file__).parents[2] / "shared" / "data" / "audio" / "formats"
RATE = 44_100  # Hz
MINUTE = 60  # seconds


def minute(folder: Path) -> Path:
    """Return a stereo MP3 of one minute; ``folder`` is where it is made if it must be."""
    real = _real()
    return real[0] if real else _written(folder / "minute.mp3", MINUTE, _formula())


def minutes(folder: Path, count: int = 4) -> Path:
    """Make a stereo MP3 of several minutes in ``folder``: different ones one after the other."""
    return _written(folder / f"{count}-minutes.mp3", MINUTE * count, _played(_real()) if _real() else _formula())


def short(folder: Path, number: int, seconds: int = 11) -> Path:
    """Make a short mono WAV in ``folder``, a different one for each number."""
    path = folder / f"short-{number}.wav"
    t = np.arange(22_050 * seconds) / 22_050
    hiss = np.random.default_rng(number).normal(0, 0.01, len(t))
    soundfile.write(path, 0.4 * np.sin(2 * np.pi * (110 + number) * t) + hiss, 22_050)
    return path


def _real() -> list[Path]:
    return [path for path in sorted(FORMATS.glob("*.mp3")) if soundfile.info(path).samplerate == RATE]


def _played(paths: list[Path]) -> Iterator[npt.NDArray[np.float32]]:
    for path in cycle(paths):
        yield from soundfile.blocks(path, RATE, dtype="float32", always_2d=True)


def _formula() -> Iterator[npt.NDArray[np.float32]]:
    """Yield seconds of a chord with a beat under a hiss."""
    t = np.arange(RATE)[:, None] / RATE
    for second in cycle(range(97)):
        chord = np.sin(2 * np.pi * (110 + second) * np.array([1, 1.25, 1.5, 2, 3]) * t).sum(axis=1, keepdims=True)
        beat = 0.01 + 0.2 * np.exp(-20 * (t % 0.5))
        yield (0.1 * chord + beat * np.random.default_rng(second).normal(0, 1, (RATE, 2))).astype(np.float32)


def _written(path: Path, seconds: int, blocks: Iterator[npt.NDArray[np.float32]]) -> Path:
    left = seconds * RATE
    with soundfile.SoundFile(path, "w", RATE, 2, format="MP3") as file:
        while left:
            block = next(blocks)[:left]
            file.write(block if block.shape[1] == 2 else np.repeat(block[:, :1], 2, axis=1))
            left -= len(block)
    return path
