"""librosa as the oracle of the images."""

import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from embedder.audio import open_audio
from embedder.spectrogram import AudioSettings, filter_bank, slices, stream

pytestmark = pytest.mark.xdist_group("librosa")  # one process pays for its import

S = AudioSettings()


@pytest.fixture(scope="module")
def librosa(worker_id):
    """Return librosa. It compiles for 20 s when it is first imported, unless it finds what it compiled before.

    Each test process has a folder of its own for that: two that fill one folder break each other.
    """
    with pytest.MonkeyPatch.context() as patch:
        kept = Path(tempfile.gettempdir()) / f"soundkin-tests-numba-{os.geteuid()}" / worker_id
        kept.mkdir(parents=True, exist_ok=True)
        patch.setenv("NUMBA_CACHE_DIR", str(kept))
        yield pytest.importorskip("librosa")


def by_librosa(librosa, y):
    mel = librosa.feature.melspectrogram(
        y=y, sr=S.sample_rate, n_fft=S.n_fft, hop_length=S.hop, n_mels=S.mels, center=True, pad_mode="constant"
    )
    n = len(y) // S.slice_samples
    parts = [mel[:, i * S.frames : (i + 1) * S.frames] for i in range(n)]
    return np.stack([librosa.power_to_db(part, ref=np.max, top_db=S.range_db) for part in parts])


def decibels(images):
    return (images - 1) * S.range_db


def extremes(sounds):
    y = sounds.noise(11)
    half_silent = y.copy()
    half_silent[: len(y) // 2] = 0
    impulse = np.zeros_like(y)
    impulse[40_000] = 1
    return {
        "noise": y,
        "full scale square": np.sign(sounds.tone(50, 11)),
        "one click": impulse,
        "silence": np.zeros_like(y),
        "half silent": half_silent,
        "constant": np.full_like(y, 0.5),
        "very quiet": y * np.float32(1e-6),
        "very loud": y * np.float32(1e5),
        "chirp": sounds.chirp(20, 11_000, 11),
        "tone at the top": sounds.tone(11_000, 11),
        "one quantum": np.round(y).astype(np.float32) / 32768,
    }


@pytest.mark.parametrize("name", [
    "noise", "full scale square", "one click", "silence", "half silent", "constant", "very quiet", "very loud", "chirp",
    "tone at the top", "one quantum",
])  # fmt: skip
def test_librosa_agrees_on_extremes(sounds, librosa, name):
    y = extremes(sounds)[name]
    np.testing.assert_allclose(decibels(slices(y, S)), by_librosa(librosa, y), atol=0.01, rtol=0)


def test_librosa_agrees_on_something_like_music(sounds, librosa):
    rng = np.random.default_rng(5)
    t = np.arange(12 * S.sample_rate) / S.sample_rate
    y = sum(
        rng.uniform(0.05, 0.3) * np.sin(2 * np.pi * hz * t + 3 * np.sin(t)) for hz in 55 * 2 ** rng.uniform(0, 6, 12)
    )
    y = (y * np.exp(-3 * (t % 0.5)) + rng.normal(0, 1e-3, len(t))).astype(np.float32)
    np.testing.assert_allclose(decibels(slices(y, S)), by_librosa(librosa, y), atol=0.01, rtol=0)


def test_the_filter_bank_is_librosas(librosa):
    theirs = librosa.filters.mel(sr=S.sample_rate, n_fft=S.n_fft, n_mels=S.mels)
    np.testing.assert_allclose(filter_bank(S).toarray(), theirs, atol=1e-7)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:audioread")
def test_the_whole_way_of_a_file_agrees_with_librosa(tmp_path, sounds, librosa):
    wave = np.stack([sounds.chirp(50, 15_000, 11, 44_100), sounds.noise(11, 44_100)], axis=1)
    soundfile.write(tmp_path / "a.flac", wave, 44_100)
    y, _ = librosa.load(tmp_path / "a.flac", sr=S.sample_rate)
    with open_audio(tmp_path / "a.flac", S.sample_rate, 100) as sound:
        ours = np.stack(list(stream(sound, S)))
    np.testing.assert_allclose(decibels(ours), by_librosa(librosa, y), atol=0.01, rtol=0)
