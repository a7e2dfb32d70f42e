import numpy as np
import pytest
import soundfile

from evaluation.changes import (
    CHANGES,
    Sound,
    band_limited,
    faster,
    gained,
    mp3,
    one_channel,
    opus,
    read,
    sped_up,
    trimmed,
    unbalanced,
)

RATE = 44_100


@pytest.fixture(scope="module")
def sound():
    """Four seconds of two tones, a soft hiss and a click a second, in two channels."""
    t = np.arange(4 * RATE) / RATE
    left = 0.3 * np.sin(2 * np.pi * 440 * t) + 0.1 * np.sin(2 * np.pi * 9500 * t)
    hiss = 0.02 * np.random.default_rng(0).normal(size=(len(t), 2))
    click = 0.3 * (t % 1 < 0.002)
    return Sound(RATE, (np.stack([left, 0.5 * left], axis=1) + hiss + click[:, np.newaxis]).astype(np.float32))


def pitch(sound):
    """Return the frequency of the strongest tone, Hz."""
    mono = sound.samples.mean(axis=1)
    return np.abs(np.fft.rfft(mono * np.hanning(len(mono)))).argmax() * sound.rate / len(mono)


def residue(a, b):
    """Return the share of the energy of two seconds of ``a`` that no scaled and shifted ``b`` explains."""
    x, y = a.mono(22_050)[11_025:55_125], b.mono(22_050)
    windows = np.lib.stride_tricks.sliding_window_view(y[9_500 : 55_125 + 1_500], len(x))
    explained = max(float((x @ one) ** 2 / (one @ one)) for one in windows)
    return 1 - explained / float(x @ x)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_change_leaves_sound_of_about_the_same_length(sound, change, channels):
    given = Sound(sound.rate, sound.samples[:, :channels])
    made = CHANGES[change](given)
    assert made.samples.dtype == np.float32
    assert np.isfinite(made.samples).all()
    assert made.samples.std() > 0.01
    wanted = {"first 1 s cut off": 3.0, "first 2.5 s cut off": 1.5, "speed +5 %, pitch too": 4 / 1.05}
    wanted |= {"tempo +10 %, same pitch": 4 / 1.1, "tempo -10 %, same pitch": 4 / 0.9}
    assert made.seconds == pytest.approx(wanted.get(change, 4.0), abs=0.08)
    assert len(made.mono(22_050)) == pytest.approx(made.seconds * 22_050, abs=2)


@pytest.mark.parametrize(("codec", "harder"), [(mp3, 16_000), (opus, 12_000)])
def test_a_codec_is_lossy_and_a_lower_rate_more_so(sound, codec, harder):
    mono = one_channel(sound)
    lost, worse = residue(mono, codec(mono)), residue(mono, codec(mono, harder))
    assert 1e-4 < lost < 0.5
    assert worse > lost
    assert residue(mono, mono) < 1e-9


def test_tempo_keeps_the_pitch_and_speed_does_not(sound):
    assert pitch(sound) == pytest.approx(440, abs=1)
    assert pitch(faster(sound, 1.1)) == pytest.approx(440, rel=0.01)
    assert pitch(sped_up(sound, 1.05)) == pytest.approx(462, rel=0.005)


def test_levels_and_channels(sound):
    np.testing.assert_allclose(gained(sound, -20).samples, sound.samples / 10, rtol=1e-5)
    assert np.abs(gained(sound, 20).samples).max() == 1.0
    both = unbalanced(one_channel(sound), -20)
    np.testing.assert_allclose(both.samples[:, 1], both.samples[:, 0] / 10, rtol=1e-5)
    assert one_channel(sound).samples.shape[1] == 1


def test_a_narrow_band_has_lost_its_treble(sound):
    def treble(one):
        power = np.abs(np.fft.rfft(one.samples[:, 0])) ** 2
        return power[np.fft.rfftfreq(len(one.samples), 1 / one.rate) > 9000].sum()

    narrow = band_limited(sound, 16_000)
    assert narrow.rate == sound.rate
    assert treble(narrow) < 0.01 * treble(sound)


def test_trimming_cuts_the_beginning(sound):
    np.testing.assert_array_equal(trimmed(sound, 1.0).samples, sound.samples[RATE:])


def test_a_file_is_read_as_it_is(sound, tmp_path):
    soundfile.write(tmp_path / "a.flac", sound.samples, RATE)
    found = read(tmp_path / "a.flac")
    assert found.rate == RATE
    np.testing.assert_allclose(found.samples, sound.samples, atol=1e-4)


@pytest.mark.parametrize(("rate", "coded"), [(7_919, 8_000), (44_100, 44_100), (96_000, 48_000)])
def test_mp3_resamples_what_it_has_no_rate_for(rate, coded):
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(2 * rate) / rate)
    made = mp3(Sound(rate, wave[:, np.newaxis].astype(np.float32)))
    assert made.rate == coded
    assert made.seconds == pytest.approx(2, abs=0.2)
    spectrum = np.abs(np.fft.rfft(made.samples[:, 0]))
    assert np.argmax(spectrum) / made.seconds == pytest.approx(440, rel=0.01)
