"""What is kept of frames: energies that add up, pitches that are heard, blocks that do not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedder.descriptors.frames import BANDS, FrameTrack, band_bank
from embedder.descriptors.pages import PAGE, Pages
from embedder.descriptors.pitches import FINE, STEPS, TOGETHER
from embedder.spectrogram import AudioSettings, stream
from synthesis.signals import noise, tone

S = AudioSettings()


def frames_of(y, settings=S):
    track = FrameTrack(settings)
    for _ in stream([y], settings, track.feed):
        pass
    return track.frames()


def test_bands_share_out_every_bin_but_dc():
    total = band_bank(S).toarray().sum(axis=0)
    np.testing.assert_allclose(total[1:], total[1], rtol=1e-5)
    assert total[0] == 0


@pytest.mark.parametrize("hz", [110.0, 1000.0, 7000.0])
def test_a_full_scale_sine_is_at_minus_three(hz):
    frames = frames_of(tone(hz, 3, level=1.0))
    assert frames.rate == 50
    assert frames.level[50:100] == pytest.approx(-3.01, abs=0.02)
    power = np.power(10, frames.bands[75].astype(np.float64) / 10).sum()
    assert 10 * np.log10(power) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize(
    ("hz", "place"), [(261.63, 0), (440.0, 9 * STEPS), (440 * 2 ** (0.4 / 12), 9 * STEPS + 2), (123.47, 11 * STEPS)]
)
def test_a_tone_has_its_pitch_class_in_fifths_of_a_semitone(hz, place):
    frames = frames_of(tone(hz, 3))
    assert frames.pitches[10:30].argmax(axis=1) == pytest.approx(place, abs=1)
    assert frames.pitches.shape == (-(-len(frames.level) // TOGETHER), FINE)


def test_there_is_a_frame_every_hop_and_one_for_the_last_bit():
    for samples in (1, 441, 442, 112_896, 113_000, 150_000):
        assert len(frames_of(noise(1, 7)[:samples]).level) == -(-samples // S.hop)
    assert frames_of(np.empty(0, np.float32)).bands.shape == (0, BANDS)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 700), max_size=9))
def test_blocks_of_frames_do_not_matter(cuts):
    power = np.random.default_rng(3).gamma(1, 1, (S.n_fft // 2 + 1, 700)).astype(np.float32)
    whole, parts = FrameTrack(S), FrameTrack(S)
    whole.feed(power)
    for part in np.split(power, sorted(cuts), axis=1):
        parts.feed(part)
    one, other = whole.frames(), parts.frames()
    for name in ("level", "bands", "pitches"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_pages_hand_over_what_was_appended():
    pages, rows = Pages(3, np.float16), np.arange(3 * (PAGE + 192), dtype=np.float32).reshape(-1, 3) % 1000
    for start in range(0, len(rows), 64):
        pages.append(rows[start : start + 64])
    np.testing.assert_array_equal(pages.joined(), rows)
    assert pages.joined().shape == (0, 3)
