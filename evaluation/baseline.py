"""The plain baseline that any engineer would try first: statistics of MFCC, chroma and spectral contrast."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import librosa
import numpy as np
import numpy.typing as npt

from embedder.audio import open_audio
from evaluation.cache import Cache, digest
from evaluation.progress import Progress

NAME = "MFCC, chroma and contrast, whitened"
RATE = 22_050  # Hz
LONGEST = 3600.0  # seconds
PROCESSES = 2
SIZE = 78  # mean and deviation of 20 coefficients, 12 pitch classes, 7 contrasts

_KEY = "baseline 1"


def all_statistics(paths: Sequence[Path], cache: Cache, progress: Progress) -> npt.NDArray[np.float64]:
    """Return the statistics of recordings, shape=(n, SIZE), made in two processes; raises AudioError."""
    missing = [path for path in paths if cache.get(_key(path)) is None]
    # The first is heard here: librosa compiles itself in part then, which two processes must not write down at once.
    for path in missing[:1]:
        statistics(path, cache)
    if missing[1:]:
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            for done, _ in enumerate(pool.map(statistics, missing[1:], repeat(cache), chunksize=16), start=2):
                progress("plain baseline", done / len(missing))
    return np.array([statistics(path, cache) for path in paths], dtype=np.float64).reshape(len(paths), SIZE)


def statistics(path: Path, cache: Cache) -> npt.NDArray[np.float64]:
    """Return mean and standard deviation over a recording, shape=(SIZE,); raises AudioError."""
    key = _key(path)
    kept = cache.get(key)
    if kept is None:
        kept = {"statistics": _statistics(path)}
        cache.put(key, kept)
    return kept["statistics"]


def _key(path: Path) -> str:
    return f"{_KEY} {digest(path)}"


def _statistics(path: Path) -> npt.NDArray[np.float64]:
    with open_audio(path, RATE, LONGEST) as sound:
        samples = np.concatenate(list(sound))
    magnitude = np.abs(librosa.stft(samples))
    power = magnitude**2
    mel = librosa.power_to_db(librosa.feature.melspectrogram(S=power, sr=RATE))
    features = (
        librosa.feature.mfcc(S=mel, n_mfcc=20),
        librosa.feature.chroma_stft(S=power, sr=RATE, tuning=0.0),
        librosa.feature.spectral_contrast(S=magnitude, sr=RATE),
    )
    return np.concatenate([np.r_[one.mean(axis=1), one.std(axis=1)] for one in features]).astype(np.float64)
