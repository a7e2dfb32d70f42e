"""Every voice has the pitch that it was asked for, and begins and ends in silence."""

import numpy as np
import pytest

from synthesis import drums, instruments
from synthesis.styles import STYLES

RATE = 44_100
VOICES = sorted({voice for style in STYLES for part in style.parts for voice in part.voices}, key=lambda v: v.__name__)
CLEAN = [
    voice for voice in VOICES if voice not in (instruments.guitar, instruments.bell)
]  # those two distort on purpose
DRUMS = sorted({beat.drum for style in STYLES for beat in style.beats}, key=lambda d: d.__name__)


def peaks(y):
    """Return spectrum and frequencies, 0.25 Hz apart or less."""
    n = max(len(y), 4 * RATE)
    return np.abs(np.fft.rfft(y * np.hanning(len(y)), n)), np.fft.rfftfreq(n, 1 / RATE)


def test_no_voice_and_no_drum_is_idle():
    public = {name for name in vars(instruments) if not name.startswith("_") and callable(getattr(instruments, name))}
    own = {name for name in public if getattr(getattr(instruments, name), "__module__", "") == "synthesis.instruments"}
    assert {voice.__name__ for voice in VOICES} == own
    assert len(DRUMS) == 10


@pytest.mark.parametrize("hz", [110.0, 440.0])
@pytest.mark.parametrize("voice", VOICES, ids=lambda v: v.__name__)
def test_a_note_has_a_partial_at_its_pitch(voice, hz):
    strength, hertz = peaks(voice(hz, 1.0, RATE))
    around = np.abs(hertz - hz) < 0.04 * hz
    best = hertz[around][strength[around].argmax()]
    assert best == pytest.approx(hz, rel=0.01)
    assert strength[around].max() > 0.1 * strength.max()


@pytest.mark.parametrize("voice", VOICES, ids=lambda v: v.__name__)
@pytest.mark.parametrize("seconds", [0.08, 0.5, 3.0])
def test_a_note_begins_and_ends_at_zero_and_does_not_clip(voice, seconds):
    y = voice(220.0, seconds, RATE)
    assert y.dtype == np.float32
    assert np.isfinite(y).all()
    assert abs(y[0]) < 1e-6
    assert abs(y[-1]) < 1e-6
    assert 0.05 < np.abs(y).max() <= 1.3
    assert np.abs(np.diff(y, append=0.0)[-20:]).max() < 0.01  # no click at the end


@pytest.mark.parametrize("voice", CLEAN, ids=lambda v: v.__name__)
def test_a_high_note_has_nothing_between_its_harmonics(voice):
    y = voice(1760.0, 1.0, RATE)
    strength, hertz = peaks(y)
    off = np.abs(hertz / 1760 - np.round(hertz / 880) / 2) > 0.1  # the organ has a half
    assert strength[off].max() < 0.02 * strength.max()


def test_a_square_wave_has_odd_harmonics_only():
    strength, hertz = peaks(instruments.pulse(440.0, 1.0, RATE))
    at = [strength[np.abs(hertz - k * 440).argmin()] for k in range(1, 6)]
    assert at[1] < 0.001 * at[0]
    assert at[3] < 0.001 * at[0]
    assert at[2] == pytest.approx(at[0] / 3, rel=0.02)
    assert at[4] == pytest.approx(at[0] / 5, rel=0.02)


@pytest.mark.parametrize("rate", [22_050, 44_100])
@pytest.mark.parametrize("drum", DRUMS, ids=lambda d: d.__name__)
def test_a_stroke_is_short_loud_at_first_and_ends_at_zero(drum, rate):
    y = drum(rate)
    assert 0.04 * rate < len(y) < 0.6 * rate
    assert y[-1] == 0
    assert np.isfinite(y).all()
    assert 0.05 < np.abs(y).max() <= 1.5
    np.testing.assert_array_equal(y, drum(rate))
    if drum is not drums.brush:
        half = len(y) // 2
        assert np.square(y[:half]).sum() > 3 * np.square(y[half:]).sum()


def test_a_stroke_cannot_be_spoilt_for_the_next():
    with pytest.raises(ValueError, match="read-only"):
        drums.kick(RATE)[0] = 1


def test_kicks_are_low_and_hats_are_high():
    def centre(y):
        strength, hertz = peaks(y)
        return (strength * hertz).sum() / strength.sum()

    assert centre(drums.kick(RATE)) < 500
    assert centre(drums.hat(RATE)) > 6000
