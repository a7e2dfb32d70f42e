"""Loudness: the test tones of ITU-R BS.1770-4 and the cases of EBU Tech 3341 that a formula makes."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedder.descriptors.loudness import Levels, Meter


def tone(parts, rate, hz=997.0):
    """Return sines of (dBFS, seconds) one after the other."""
    level = np.concatenate([np.full(round(seconds * rate), 10 ** (dbfs / 20)) for dbfs, seconds in parts])
    return (level * np.sin(2 * np.pi * hz * np.arange(len(level)) / rate)).astype(np.float32)


def levels(samples, rate):
    meter = Meter(rate, samples.shape[1])
    meter.feed(samples)
    return meter.levels()


def stereo(y):
    return np.stack([y, y], axis=1)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_the_standards_tone(rate):
    y = tone([(-20, 5)], rate)
    assert levels(stereo(y), rate).lufs == pytest.approx(-20, abs=0.01)
    assert levels(np.stack([y, 0 * y], axis=1), rate).lufs == pytest.approx(-23.01, abs=0.01)
    assert levels(y[:, None], rate).lufs == pytest.approx(-23.01, abs=0.01)


@pytest.mark.parametrize(("parts", "lufs"), [
    ([(-23, 20)], -23), ([(-33, 20)], -33),
    ([(-36, 10), (-23, 60), (-36, 10)], -23),
    ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),
    ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
], ids=["1", "2", "3", "4", "5"])  # fmt: skip
def test_cases_of_ebu_3341(parts, lufs):
    assert levels(stereo(tone(parts, 48_000, 1000.0)), 48_000).lufs == pytest.approx(lufs, abs=0.1)


def test_case_6_of_ebu_3341_weighs_the_surround_and_leaves_out_the_sub():
    gains = 10 ** (np.array([-28, -28, -24, -6, -30, -30]) / 20)  # L R C LFE Ls Rs; the sub is loud, and does not count
    y = tone([(0, 20)], 48_000, 1000.0)[:, None] * gains.astype(np.float32)
    assert levels(y, 48_000).lufs == pytest.approx(-23, abs=0.1)


def test_peak_and_rms():
    got = levels(stereo(tone([(-6, 2)], 44_100)), 44_100)
    assert got.peak_dbfs == pytest.approx(-6, abs=0.01)
    assert got.rms_dbfs == pytest.approx(-9.01, abs=0.01)


@pytest.mark.parametrize(("y", "rate"), [
    (np.zeros((0, 2)), 44_100), (np.zeros((44_100, 2)), 44_100), (stereo(tone([(-80, 2)], 44_100)), 44_100),
    (stereo(tone([(-20, 0.39)], 44_100)), 44_100), (stereo(tone([(-20, 2)], 6_000)), 6_000),
], ids=["nothing", "silence", "below the gate", "below a block", "below 8 kHz"])  # fmt: skip
def test_what_has_no_loudness(y, rate):
    assert levels(np.asarray(y, dtype=np.float32), rate).lufs is None


@settings(max_examples=20)
@given(rate=st.sampled_from([8_000, 11_025, 44_056, 48_000]), cuts=st.lists(st.floats(0, 1), max_size=9))
def test_blocks_do_not_matter(rate, cuts):
    y = np.random.default_rng(1).normal(0, 0.1, (3 * rate + 77, 2)).astype(np.float32)
    meter = Meter(rate, 2)
    for block in np.split(y, sorted(round(cut * len(y)) for cut in cuts)):
        meter.feed(block)
    assert meter.levels() == levels(y, rate)


def test_gain_is_gain():
    y = np.random.default_rng(2).normal(0, 0.1, (44_100 * 3, 2)).astype(np.float32)
    assert levels(y / 2, 44_100).lufs == pytest.approx(levels(y, 44_100).lufs - 6.02, abs=0.01)


def test_levels_are_json():
    assert json.loads(json.dumps(Levels(-14.0, None, -1.0).as_json())) == {
        "lufs": -14.0, "rms_dbfs": None, "peak_dbfs": -1.0,
    }  # fmt: skip
