"""The images: physics first, then the golden numbers; librosa is asked in ``test_librosa``."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedder.spectrogram import AHEAD, AudioSettings, band_centres, hann, image, silent, slices, stream
from songs.errors import AudioTooShort

S = AudioSettings()
GOLDEN = Path(__file__).parents[2] / "golden" / "chirp.npz"


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


def test_no_more_sound_is_fetched_than_some_slices(sounds):
    y = sounds.noise((AHEAD + 4) * S.slice_seconds)
    heard = []

    def blocks():
        for block in np.array_split(y, 100):
            heard.append(len(block))
            yield block

    next(stream(blocks(), S))
    assert AHEAD * S.slice_samples <= sum(heard) < AHEAD * S.slice_samples + len(y) // 100 + 1


@settings(max_examples=25, deadline=None)
@given(samples=st.integers(0, 3 * S.slice_samples), cuts=st.lists(st.floats(0, 1), max_size=6))
def test_a_tap_sees_every_frame_once_and_changes_nothing(samples, cuts):
    y = np.random.default_rng(4).normal(0, 0.2, samples).astype(np.float32)
    blocks = np.split(y, sorted(round(cut * len(y)) for cut in cuts))
    seen = []
    tapped = list(stream(blocks, S, lambda power: seen.append(power.copy())))
    assert sum(power.shape[1] for power in seen) == -(-samples // S.hop)
    assert len(tapped) == samples // S.slice_samples
    for one, other in zip(tapped, stream([y], S), strict=True):
        np.testing.assert_array_equal(one, other)
    if seen:
        padded = np.pad(y, (S.n_fft // 2, S.n_fft))
        frames = [padded[t * S.hop :][: S.n_fft] * hann(S.n_fft) for t in range(-(-samples // S.hop))]
        want = np.square(np.abs(np.fft.rfft(frames, axis=1))).T
        np.testing.assert_allclose(np.concatenate(seen, axis=1), want, rtol=1e-3, atol=1e-3)


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
