"""The images: physics first, then librosa as oracle, then the golden numbers."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from embedder.audio import open_audio
from embedder.spectrogram import AudioSettings, band_centres, filter_bank, image, silent, slices, stream
from songs.errors import AudioTooShort

S = AudioSettings()
GOLDEN = Path(__file__).parents[2] / "golden" / "chirp.npz"


@pytest.fixture(scope="module")
def librosa(tmp_path_factory):
    """Return librosa, with a compile cache of its own: a shared one breaks when two processes fill it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NUMBA_CACHE_DIR", str(tmp_path_factory.mktemp("numba")))
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


@pytest.mark.parametrize("hz", [220.0, 1000.0, 4000.0])
def test_a_pure_tone_lights_its_own_band(sounds, hz):
    picture = slices(sounds.tone(hz, 6), S)[0]
    loudest = band_centres(S)[picture.mean(axis=1).argmax()]
    assert loudest == pytest.approx(hz, rel=0.06)


def test_a_click_lights_its_own_frames(sounds):
    y = sounds.noise(6) * 1e-3
    y[100 * S.hop] = 1.0
    loudest = slices(y, S)[0].mean(axis=0).argmax()
    assert loudest == 100


def test_loudness_does_not_matter(sounds):
    y = sounds.chirp(100, 8000, 6)
    np.testing.assert_allclose(slices(y * np.float32(0.01), S), slices(y, S), atol=1e-3)


def test_range_and_shape(sounds):
    images = slices(sounds.noise(13), S)
    assert images.shape == (2, 256, 256)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max(axis=(1, 2)) == pytest.approx([1, 1])


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


def test_a_partial_slice_is_dropped(sounds):
    y = sounds.noise(12)
    exact = S.slice_samples
    assert len(slices(y[:exact], S)) == 1
    assert len(slices(y[: 2 * exact - 1], S)) == 1
    assert len(slices(y[: 2 * exact], S)) == 2


@pytest.mark.parametrize("n", [0, 1, 441, 112_895])
def test_too_short(sounds, n):
    with pytest.raises(AudioTooShort) as caught:
        slices(sounds.noise(6)[:n], S)
    assert caught.value.seconds == pytest.approx(n / 22_050)
    assert caught.value.needed == pytest.approx(5.12)


@settings(max_examples=25, deadline=None)
@given(
    seconds=st.floats(0, 18),
    cuts=st.lists(st.floats(0, 1), max_size=12),
    seed=st.integers(0, 9),
)
def test_streamed_is_the_same_as_whole(seconds, cuts, seed):
    y = np.random.default_rng(seed).normal(0, 0.2, round(seconds * S.sample_rate)).astype(np.float32)
    blocks = np.split(y, sorted(round(cut * len(y)) for cut in cuts))  # some of them empty
    streamed = list(stream(blocks, S))
    assert len(streamed) == len(y) // S.slice_samples
    if streamed:
        np.testing.assert_array_equal(np.stack(streamed), slices(y, S))


def test_tiny_blocks(sounds):
    y = sounds.chirp(100, 8000, 6)
    streamed = list(stream(np.array_split(y, 9_000), S))
    np.testing.assert_array_equal(np.stack(streamed), slices(y, S))


def test_an_image_comes_as_soon_as_its_sound_has_come(sounds):
    y = sounds.noise(30)
    heard = []

    def blocks():
        for block in np.array_split(y, 100):
            heard.append(len(block))
            yield block

    next(stream(blocks(), S))
    assert sum(heard) < S.slice_samples + S.n_fft + len(y) // 100 + 1


def test_silence_is_known(sounds):
    y = sounds.noise(16)
    y[: S.slice_samples + S.n_fft] = 0
    assert silent(slices(y, S)).tolist() == [True, False, False]


def test_other_settings_make_other_images(sounds):
    small = AudioSettings(sample_rate=16_000, n_fft=1024, hop=160, mels=64, frames=100, range_db=60)
    images = slices(sounds.tone(1000, 3, 16_000), small)
    assert images.shape == (3, 64, 100)
    assert band_centres(small)[images[1].mean(axis=1).argmax()] == pytest.approx(1000, rel=0.06)
    assert image(np.zeros(99 * 160 + 1024, np.float32), small).shape == (64, 100)


def test_chirp_matches_golden(sounds, update_golden):
    images = slices(sounds.chirp(100, 8000, 13), S)
    if update_golden:
        np.savez_compressed(GOLDEN, images=images.astype(np.float16))
    with np.load(GOLDEN, allow_pickle=False) as golden:
        np.testing.assert_allclose(images, golden["images"], atol=2e-3, rtol=0)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:audioread")
def test_the_whole_way_of_a_file_agrees_with_librosa(tmp_path, sounds, librosa):
    wave = np.stack([sounds.chirp(50, 15_000, 11, 44_100), sounds.noise(11, 44_100)], axis=1)
    soundfile.write(tmp_path / "a.flac", wave, 44_100)
    y, _ = librosa.load(tmp_path / "a.flac", sr=S.sample_rate)
    with open_audio(tmp_path / "a.flac", S.sample_rate, 100) as sound:
        ours = np.stack(list(stream(sound, S)))
    np.testing.assert_allclose(decibels(ours), by_librosa(librosa, y), atol=0.01, rtol=0)
