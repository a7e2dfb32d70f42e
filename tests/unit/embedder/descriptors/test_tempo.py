"""Tempo, beats and metre on pulses that are written here."""

import pytest

from synthesis import drums
from synthesis.signals import click_track
from unit.embedder.descriptors.loops import RATE, beats_of, described, drifting, drum_loop, found, mixed, struck


def readings(features):
    """Return a tempo and its named alternatives."""
    return [features["tempo"].value, *features["tempo"].alternatives]


@pytest.mark.parametrize("bpm", [40, 63, 88, 120, 150, 183, 220])
def test_clicks_have_their_tempo_or_name_it(bpm):
    features = described(click_track(bpm, 20)).features
    assert any(reading == pytest.approx(bpm, rel=0.02) for reading in readings(features))


@pytest.mark.parametrize("beats_a_bar", [3, 4])
@pytest.mark.parametrize("bpm", [84, 121, 158])
def test_drums_have_tempo_beats_and_bars(bpm, beats_a_bar):
    got = described(drum_loop(bpm, 24, beats_a_bar))
    assert got.features["tempo"].value == pytest.approx(bpm, rel=0.005)
    assert got.features["tempo"].confidence > 0.7
    assert got.features["time_signature"].value == beats_a_bar
    assert found(got.structure.beats, beats_of(bpm, 24)) > 0.95
    assert found(got.structure.bars, beats_of(bpm / beats_a_bar, 24)) > 0.8


@pytest.mark.parametrize("bpm", [84, 120, 148])
def test_alternatives_are_those_of_the_value(bpm):
    tempo = described(drum_loop(bpm, 24)).features["tempo"]
    wanted = [x for x in (2 * tempo.value, tempo.value / 2, 1.5 * tempo.value, tempo.value / 1.5) if 30 <= x <= 300]
    assert sorted(tempo.alternatives) == pytest.approx(sorted(wanted), abs=0.02)


def test_a_late_start_is_followed():
    got = described(drum_loop(100, 20, start=2.33))
    assert found([b for b in got.structure.beats if b.start > 2], beats_of(100, 20, 2.33)) > 0.95


@pytest.mark.parametrize(("swing", "parts"), [(0.5, 2), (0.67, 3)])
def test_swing_divides_beats_by_three(swing, parts):
    got = described(drum_loop(110, 20, swing=swing))
    assert got.features["tempo"].value == pytest.approx(110, rel=0.005)
    assert len(got.structure.tatums) == parts * len(got.structure.beats)


@pytest.mark.parametrize(("first", "last"), [(100, 120), (130, 112)])
def test_a_drifting_tempo_is_followed(first, last):
    times = drifting(first, last, 45)
    got = described(struck(times, 45))
    assert found(got.structure.beats, times) > 0.95
    assert min(first, last) < got.features["tempo"].value < max(first, last)


def test_off_beats_are_not_taken_for_beats():
    times = beats_of(124, 20)
    kicks = [(at, drums.kick(RATE), 0.8) for at in times]
    hats = [(at + 30 / 124, drums.open_hat(RATE), 0.8) for at in times]  # the louder onset, and between the beats
    assert found(described(mixed(20, kicks + hats)).structure.beats, times) > 0.95


def test_where_the_metre_is_unknown_bars_have_four_beats():
    got = described(click_track(120, 20))
    assert got.features["time_signature"].value is None
    assert len(got.structure.bars) == pytest.approx(len(got.structure.beats) / 4, abs=1)
    assert all(bar.confidence == 0 for bar in got.structure.bars)


@pytest.mark.slow
@pytest.mark.parametrize("bpm", range(40, 221, 4))
def test_every_click_track(bpm):
    assert any(x == pytest.approx(bpm, rel=0.02) for x in readings(described(click_track(bpm, 25)).features))


@pytest.mark.slow
@pytest.mark.parametrize("beats_a_bar", [3, 4])
@pytest.mark.parametrize("bpm", range(80, 161, 5))
def test_every_drum_loop(bpm, beats_a_bar):
    test_drums_have_tempo_beats_and_bars(bpm, beats_a_bar)
