"""Songs for tests, made by formula: a chord and a beat, so that songs of one seed family sound alike."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
from mutagen.flac import FLAC

RATE = 22050


def song(root: float, bpm: float, bright: float, seconds: float = 11.0, seed: int = 0) -> npt.NDArray[np.float32]:
    """Return a triad on ``root`` Hz with a noise beat; ``bright`` (0 to 1) sets its overtones."""
    t = np.arange(int(seconds * RATE)) / RATE
    rng = np.random.default_rng(seed)
    wave = np.zeros_like(t)
    for ratio in (1.0, 1.25, 1.5):
        for overtone in range(1, 9):
            wave += bright ** (overtone - 1) * np.sin(2 * np.pi * root * ratio * overtone * t + rng.uniform(0, 6))
    since_beat = t % (60 / bpm)
    wave = wave / np.abs(wave).max() + 0.5 * np.exp(-since_beat * 30) * rng.normal(0, 0.3, len(t))
    return (0.8 * wave / np.abs(wave).max()).astype(np.float32)


def catalogue(folder: Path, count: int, seconds: float = 11.0) -> list[Path]:
    """Write ``count`` tagged FLAC files by two artists: low and slow, high and quick."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        low = number % 2 == 0
        wave = song(110.0 if low else 660.0, 70.0 if low else 150.0, 0.3 if low else 0.8, seconds, seed=number)
        path = folder / f"song{number:03}.flac"
        soundfile.write(path, wave, RATE)
        file = FLAC(path)
        file.update(
            {"title": f"Song {number:03}", "artist": "Low" if low else "High", "album": "Test", "genre": "Rock"}
        )
        file.save()
        paths.append(path)
    return paths
