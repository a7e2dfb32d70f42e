"""The test signals are what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.signals import RATE, chirp, click_track, noise, silence, tone


def loudest_hz(y, rate=RATE):
    """Return the strongest frequency of a signal."""
    return np.abs(np.fft.rfft(y * np.hanning(len(y)))).argmax() * rate / len(y)


@given(hz=st.floats(50, 10_000), seconds=st.floats(0.2, 1.0), level=st.floats(0.05, 1.0))
def test_a_tone_has_its_frequency_its_length_and_its_level(hz, seconds, level):
    y = tone(hz, seconds, level=level)
    assert y.dtype == np.float32
    assert len(y) == round(seconds * RATE)
    assert loudest_hz(y) == pytest.approx(hz, abs=1.5 / seconds)
    assert level * 0.9 <= np.abs(y).max() <= level * (1 + 1e-6)


def test_a_tone_begins_at_zero():
    assert tone(440, 0.1)[0] == 0


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_a_tone_knows_its_sample_rate(rate):
    assert loudest_hz(tone(1000, 1.0, rate), rate) == pytest.approx(1000, abs=2)


@pytest.mark.parametrize(("low", "high"), [(100, 8000), (4000, 200)])
def test_a_chirp_passes_equal_octaves_in_equal_times(low, high):
    y = chirp(low, high, 8.0)
    for second in (1.0, 4.0, 7.0):
        middle = round(second * RATE)
        heard = loudest_hz(y[middle - 1024 : middle + 1024])
        assert heard == pytest.approx(low * (high / low) ** (second / 8.0), rel=0.05)


def test_a_chirp_that_goes_nowhere_is_a_tone():
    np.testing.assert_array_equal(chirp(440, 440, 0.5), tone(440, 0.5))


@pytest.mark.parametrize(("low", "high"), [(0, 100), (100, -5)])
def test_a_chirp_needs_frequencies_above_zero(low, high):
    with pytest.raises(ValueError, match="above 0"):
        chirp(low, high, 1.0)


@given(bpm=st.floats(40, 240), seconds=st.floats(1, 6))
def test_clicks_fall_on_their_beats_and_nowhere_else(bpm, seconds):
    y = click_track(bpm, seconds)
    loud = np.flatnonzero(np.abs(y) > 0.05)
    onsets = loud[np.flatnonzero(np.diff(loud, prepend=-RATE) > RATE // 50)]
    beats = np.arange(0, seconds, 60 / bpm) * RATE
    reachable = beats[beats < len(y) - 50]
    np.testing.assert_allclose(onsets[: len(reachable)], reachable, atol=10)
    assert len(onsets) - len(reachable) in (0, 1)


def test_between_clicks_there_is_nothing():
    y = click_track(60, 2.0)
    assert not y[round(0.02 * RATE) : RATE].any()


def test_noise_is_the_same_for_a_seed_and_another_for_another():
    np.testing.assert_array_equal(noise(3, 0.5), noise(3, 0.5))
    assert abs(np.corrcoef(noise(3, 0.5), noise(4, 0.5))[0, 1]) < 0.05


def test_noise_is_white_and_within_its_level():
    y = noise(0, 4.0, level=0.3)
    assert np.abs(y).max() <= 0.3
    power = np.abs(np.fft.rfft(y)) ** 2
    bands = [band.mean() for band in np.array_split(power[1:], 8)]
    assert max(bands) / min(bands) < 1.2


def test_silence():
    y = silence(0.25)
    assert len(y) == round(0.25 * RATE)
    assert not y.any()
