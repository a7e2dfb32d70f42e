import numpy as np
import pytest
import soundfile

from embedder.audio import open_audio
from embedder.gauge import Gauge
from songs.errors import AudioNotFinite


def write(path, wave, rate=44_100):
    soundfile.write(path, wave.astype(np.float32), rate, subtype="FLOAT")
    return path


def test_levels_are_of_the_channels_and_not_of_their_mean(tmp_path, sounds):
    tone = sounds.tone(997, 6, 44_100)
    path = write(tmp_path / "a.wav", np.stack([tone, -tone], axis=1))  # nothing is left of their mean
    with open_audio(path, 22_050, 60) as stream:
        gauge = Gauge(stream)
        mono = np.concatenate(list(stream.tapped(gauge)))
    assert np.abs(mono).max() < 1e-6
    levels = gauge.levels()
    assert levels.peak_dbfs == pytest.approx(-6.02, abs=0.01)
    assert levels.rms_dbfs == pytest.approx(-9.03, abs=0.01)
    assert levels.lufs == pytest.approx(-6.02, abs=0.1)  # of a sine in both channels: its peak


def test_a_tap_changes_nothing_of_what_is_heard(tmp_path, sounds):
    path = write(
        tmp_path / "a.wav", np.stack([sounds.noise(7, 48_000), sounds.noise(7, 48_000, seed=1)], axis=1), 48_000
    )
    with open_audio(path, 22_050, 60) as stream:
        plain = np.concatenate(list(stream))
    with open_audio(path, 22_050, 60) as stream:
        np.testing.assert_array_equal(np.concatenate(list(stream.tapped(Gauge(stream)))), plain)


def test_a_stream_that_changes_its_channels_has_no_levels(tmp_path, sounds):
    path = write(tmp_path / "a.wav", sounds.noise(6, 44_100))
    with open_audio(path, 22_050, 60) as stream:
        gauge = Gauge(stream)
    one, two = np.full((44_100, 1), 0.5, np.float32), np.full((44_100, 2), 0.5, np.float32)
    gauge(one)
    assert gauge.levels() is not None
    gauge(two)
    gauge(one)
    assert gauge.levels() is None


def test_what_is_no_number_never_reaches_a_tap(tmp_path, sounds):
    wave = sounds.noise(6, 44_100)
    wave[100_000] = np.nan
    seen = []
    with open_audio(write(tmp_path / "a.wav", wave), 22_050, 60) as stream, pytest.raises(AudioNotFinite):
        list(stream.tapped(lambda samples: seen.append(np.isfinite(samples).all())))
    assert seen
    assert all(seen)


def test_more_channels_than_anybody_measures_have_no_levels(tmp_path):
    rate, channels = 192_000, 100
    path = write(tmp_path / "a.wav", np.full((rate // 10, channels), 0.1), rate)
    with open_audio(path, 22_050, 60) as stream:
        gauge = Gauge(stream)
        list(stream.tapped(gauge))
    assert gauge.levels() is None
