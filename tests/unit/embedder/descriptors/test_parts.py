"""Sections, segments and fades."""

import numpy as np
import pytest

from embedder.descriptors.sections import novelty
from synthesis import instruments
from synthesis.signals import silence
from unit.embedder.descriptors.loops import cadence, described, drum_loop, found, mixed

A = {"tonic": 0, "mode": 1, "seconds": 16}


def other(**change):
    return cadence(**(A | change))


@pytest.mark.parametrize("middle", [
    {"tonic": 6, "mode": 0}, {"voice": instruments.organ}, {"tonic": 7},
], ids=["another key", "another voice", "a fifth up"])  # fmt: skip
def test_a_b_a_has_three_sections(middle):
    y = np.concatenate([cadence(**A), other(**middle), cadence(**A)])
    sections = described(y).structure.sections
    assert [section.start for section in sections] == pytest.approx([0, 16, 32], abs=0.2)
    assert [section.key for section in sections] == [0, middle.get("tonic", 0), 0]


def test_drums_that_come_in_begin_a_section():
    y = np.concatenate([cadence(**A), 0.5 * (cadence(**A) + drum_loop(120, 16))]).astype(np.float32)
    assert [section.start for section in described(y).structure.sections] == pytest.approx([0, 16], abs=0.6)


def test_what_stays_the_same_is_one_section():
    (section,) = described(drum_loop(100, 40)).structure.sections
    assert (section.start, section.duration) == (0, 40)
    assert section.tempo == pytest.approx(100, rel=0.01)
    assert section.key == section.mode == -1


def test_novelty_is_that_of_the_whole_matrix():
    rng = np.random.default_rng(0)
    rows = np.concatenate([rng.normal(m, 1, (40, 6)) for m in (0, 2, 0)]).astype(np.float32)
    unit = rows - rows.mean(axis=0)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    padded = np.pad(unit, ((16, 16), (0, 0)), mode="edge")
    place = np.arange(32) - 15.5
    taper = np.exp(-0.5 * (place / 8) ** 2)
    board = np.outer(taper * np.sign(place), taper * np.sign(place))
    whole = [np.sum(board * (padded[i : i + 32] @ padded[i : i + 32].T)) / taper.sum() ** 2 for i in range(len(rows))]
    np.testing.assert_allclose(novelty(rows), whole, atol=1e-4)


def test_segments_begin_with_notes():
    times = np.cumsum([0.5, 0.3, 0.4, 0.6, 0.25, 0.7, 0.5, 0.35, 0.6, 0.4, 0.5, 0.45])
    hz = 440 * 2 ** (np.array([0, 4, 7, 12, 7, 4, 0, 5, 9, 12, 9, 5]) / 12)
    y = mixed(7, [(at, instruments.piano(f, 0.2, 22_050), 0.5) for at, f in zip(times, hz, strict=True)])
    segments = described(y).structure.segments
    assert found(segments[1:], times, within=0.05) > 0.9
    first = min(segments, key=lambda one: abs(one.start - times[0]))
    assert int(np.argmax(first.pitches)) == 9  # A
    assert 0 <= first.loudness_max_time < first.duration


@pytest.mark.parametrize(("rise", "fall"), [(0, 0), (6, 0), (0, 8), (5, 5)])
def test_fades(rise, fall):
    y = drum_loop(120, 40)
    t = np.arange(len(y)) / 22_050
    gain = np.clip(t / max(rise, 1e-3), 0, 1) * np.clip((40 - t) / max(fall, 1e-3), 0, 1)
    structure = described((y * gain**2).astype(np.float32)).structure
    assert structure.fade_in_end == pytest.approx(rise * 0.63, abs=1.0)
    assert structure.fade_out_start == pytest.approx(40 - fall * 0.63, abs=1.0)


def test_silence_around_is_not_music():
    structure = described(np.concatenate([silence(4), drum_loop(120, 20), silence(5)])).structure
    assert structure.fade_in_end == pytest.approx(4, abs=0.6)
    assert structure.fade_out_start == pytest.approx(24, abs=0.6)
