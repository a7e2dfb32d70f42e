"""Key and mode of cadences, in and out of tune."""

import numpy as np
import pytest

from embedder.descriptors.key import evenness, folded, key, tuning
from embedder.descriptors.pitches import FINE, STEPS
from synthesis import instruments
from unit.embedder.descriptors.loops import cadence, described, drum_loop


def told(y):
    features = described(y).features
    return features["key"].value, features["mode"].value


@pytest.mark.parametrize(("tonic", "mode", "cents"), [(0, 1, 0), (9, 0, 30), (6, 1, -30), (3, 0, 0), (11, 1, 20)])
def test_a_cadence_has_its_key(tonic, mode, cents):
    assert told(cadence(tonic, mode, cents=cents, seconds=8)) == (tonic, mode)


def test_drums_have_no_key():
    assert told(drum_loop(120, 12)) == (None, None)


@pytest.mark.parametrize("off", [-0.4, 0.0, 0.2])
def test_tuning_and_folding(off):
    fine = np.zeros((1, FINE))
    for pitch in (0, 4, 7):
        fine[0, round((pitch + off) * STEPS) % FINE] = 1
    assert tuning(fine) == pytest.approx(off, abs=0.1)
    np.testing.assert_allclose(folded(fine, tuning(fine))[0], np.eye(12)[[0, 4, 7]].sum(axis=0), atol=0.1)
    assert evenness(fine) == pytest.approx(1)


def test_nothing_has_no_fit():
    nothing = key(np.zeros((0, 12)), 0.0)
    assert (nothing.fit, nothing.tonic_margin) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("voice", ["piano", "organ", "strings", "guitar", "flute"])
@pytest.mark.parametrize("cents", [-30, 0, 30])
@pytest.mark.parametrize("mode", [0, 1])
def test_every_key(voice, cents, mode):
    for tonic in range(12):
        y = cadence(tonic, mode, cents=cents, voice=getattr(instruments, voice), seconds=12)
        assert told(y) == (tonic, mode)
