"""The whole of signal analysis, from samples to features and structure."""

import json
import resource

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedder.descriptors.analyser import Analyser
from embedder.descriptors.loudness import Levels
from embedder.spectrogram import AudioSettings, stream
from songs.structure import Structure
from synthesis.signals import noise, silence, tone
from unit.embedder.descriptors.loops import RATE, cadence, described, drum_loop

LISTS = ("bars", "beats", "tatums", "sections", "segments")
SOUNDS = {
    "noise": lambda seconds: noise(1, seconds),
    "silence": silence,
    "tone": lambda seconds: tone(440, seconds),
    "drums": lambda seconds: drum_loop(40, seconds),
    "cadence": lambda seconds: cadence(0, 1, seconds=seconds),
    "a click": lambda seconds: np.eye(1, round(seconds * RATE), 30_000, dtype=np.float32)[0],
}


@pytest.mark.parametrize("seconds", [5.12, 11.0])
@pytest.mark.parametrize("name", SOUNDS)
def test_no_list_is_empty_and_all_is_in_order(name, seconds):
    structure = described(SOUNDS[name](seconds)).structure
    for kind in LISTS:
        spans = getattr(structure, kind)
        assert spans, kind
        starts = [span.start for span in spans]
        assert starts == sorted(starts)
        assert all(span.duration > 0 and 0 <= span.confidence <= 1 for span in spans), kind
        assert spans[-1].start + spans[-1].duration == pytest.approx(seconds, abs=0.002)
    for kind in ("sections", "segments"):
        assert getattr(structure, kind)[0].start == 0
    assert 0 <= structure.fade_in_end <= structure.fade_out_start <= seconds


@pytest.mark.parametrize("name", ["noise", "silence", "tone", "a click"])
def test_what_cannot_be_told_is_null(name):
    features = described(SOUNDS[name](15)).features
    for feature in ("tempo", "key", "mode", "time_signature", "loudness", "loudness_dbfs"):
        assert features[feature].value is None, feature
        assert features[feature].confidence is None
    assert features["duration"].value == 15


def test_levels_become_features():
    features = described(noise(1, 6), Levels(-14.0, -17.5, -1.0)).features
    assert (features["loudness"].value, features["loudness_dbfs"].value) == (-14.0, -17.5)
    assert {feature.source for feature in features.values()} == {"signal"}


def test_structure_survives_json_and_segments_have_their_shape():
    structure = described(cadence(2, 0, seconds=9)).structure
    assert Structure.from_json(json.loads(json.dumps(structure.as_json()))) == structure
    for segment in structure.segments:
        assert len(segment.pitches) == len(segment.timbre) == 12
        assert max(segment.pitches) == 1
        assert min(segment.pitches) >= 0
        assert segment.loudness_max >= segment.loudness_start


@settings(max_examples=8)
@given(st.lists(st.floats(0, 1), max_size=6))
def test_blocks_do_not_matter(cuts):
    y = drum_loop(100, 8.3)
    assert described(y, cuts=sorted(round(cut * len(y)) for cut in cuts)) == described(y)


def test_gain_hardly_matters():
    y = cadence(5, 1, seconds=10)
    loud, quiet = described(y), described(y * np.float32(0.05))
    assert quiet.features["key"].value == loud.features["key"].value
    assert quiet.features["tempo"].value == pytest.approx(loud.features["tempo"].value, rel=0.01)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("gain", [32_768, 1e12])
def test_a_file_far_above_full_scale_has_its_key(gain):
    y = cadence(5, 1, seconds=10)
    loud, usual = described(y * np.float32(gain)), described(y)
    assert (loud.features["key"].value, loud.features["mode"].value) == (5, 1)
    pitches = [[one.pitches for one in told.structure.segments] for told in (loud, usual)]
    np.testing.assert_allclose(*pitches, atol=0.05)


def test_other_settings():
    small = AudioSettings(sample_rate=16_000, n_fft=1024, hop=160, mels=64, frames=100, range_db=60)
    y = np.interp(np.arange(20 * 16_000) / 16_000, np.arange(20 * RATE) / RATE, drum_loop(100, 20)).astype(np.float32)
    assert described(y, settings=small).features["tempo"].value == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize("samples", [0, 1, 441, 500, 2_000, 22_050])
def test_very_short_recordings_do_no_harm(samples):
    got = described(noise(1, 1)[:samples])
    assert got.features["duration"].value == samples / RATE
    assert bool(got.structure.segments) == bool(samples)


@pytest.mark.slow
def test_an_hour_takes_no_more_than_60_megabytes():
    loop, audio = drum_loop(120, 60), AudioSettings()
    analyser = Analyser(audio)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in stream((loop for _ in range(60)), audio, analyser.feed):
        pass
    got = analyser.result(3600.0)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000 + 15_000  # with the stream's own
    assert got.features["tempo"].value == pytest.approx(120, rel=0.01)
    assert len(got.structure.beats) == pytest.approx(7200, abs=20)
