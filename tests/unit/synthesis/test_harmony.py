"""Scales and chords are those of the textbooks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.harmony import SCALES, chord, hertz, near, steps_around, voiced

SCALE_NAMES = st.sampled_from(sorted(SCALES))
NOTES = st.integers(0, 127)


@pytest.mark.parametrize(("note", "hz"), [(69, 440.0), (81, 880.0), (60, 261.6256), (40, 82.4069)])
def test_hertz(note, hz):
    assert hertz(note) == pytest.approx(hz, rel=1e-5)


@pytest.mark.parametrize(
    ("scale", "degree", "size", "intervals"),
    [
        ("major", 1, 3, (0, 4, 7)),  # C E G
        ("major", 2, 3, (2, 5, 9)),  # D F A: minor
        ("major", 7, 3, (11, 14, 17)),  # B D F: diminished
        ("major", 5, 4, (7, 11, 14, 17)),  # G7
        ("minor", 1, 4, (0, 3, 7, 10)),
        ("minor", 6, 3, (8, 12, 15)),
        ("dorian", 4, 3, (5, 9, 12)),  # the major fourth degree makes dorian what it is
    ],
)
def test_chords_of_a_scale(scale, degree, size, intervals):
    assert chord(60, scale, degree, size) == tuple(60 + i for i in intervals)


@given(tonic=NOTES, scale=SCALE_NAMES, degree=st.integers(1, 7), size=st.integers(3, 4))
def test_a_chord_is_thirds_of_its_scale(tonic, scale, degree, size):
    notes = chord(tonic, scale, degree, size)
    assert len(notes) == size
    assert {b - a for a, b in pairwise(notes)} <= {3, 4}
    assert {(note - tonic) % 12 for note in notes} <= set(SCALES[scale])


@given(note=NOTES, centre=st.integers(30, 90))
def test_near_keeps_the_name_of_a_note(note, centre):
    moved = near(note, centre)
    assert (moved - note) % 12 == 0
    assert centre - 6 <= moved <= centre + 5


@given(tonic=NOTES, scale=SCALE_NAMES, degree=st.integers(1, 7), centre=st.integers(40, 80))
def test_a_voicing_has_the_chords_names_close_together(tonic, scale, degree, centre):
    notes = chord(tonic, scale, degree, 4)
    hand = voiced(notes, centre)
    assert sorted(note % 12 for note in hand) == sorted(note % 12 for note in notes)
    assert list(hand) == sorted(hand)
    assert hand[-1] - hand[0] < 12


@given(tonic=NOTES, scale=SCALE_NAMES, centre=st.integers(40, 80))
def test_steps_are_the_scale_and_nothing_else(tonic, scale, centre):
    steps = steps_around(tonic, scale, centre, 9)
    assert {(note - tonic) % 12 for note in steps} == set(SCALES[scale])
    assert all(centre - 9 <= note <= centre + 9 for note in steps)
    assert list(steps) == sorted(set(steps))
