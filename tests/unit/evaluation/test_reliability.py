from pathlib import Path

import numpy as np
import pytest

from embedder.calibration import Calibration
from evaluation.collection import Collection
from evaluation.reliability import GROUPS, PAIRS, Pairs, bins, calibration_error, pairs, reliability, separation, told
from songs.labels import Labels
from songs.manifest import Row
from songs.song import Tags
from songs.vectors import unit


def collection(artists=60, songs=4, spread=1.0, seed=0):
    """Return songs that lie around their artist."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(artists, 16))
    vectors = np.repeat(centres, songs, axis=0) + spread * rng.normal(size=(artists * songs, 16))
    rows = [Row(Path(f"{i}.opus"), Tags(artist=f"Artist {i // songs}")) for i in range(artists * songs)]
    return Collection("shop", rows, unit(vectors), [Labels()] * len(rows))


def test_bins_by_hand():
    drawn = Pairs(
        np.zeros(4), np.array([True, False, True, False]), np.zeros(4, dtype=np.int64)
    )  # each weighs a quarter
    found = bins(np.array([0.05, 0.07, 0.95, 1.0]), drawn)
    assert [(one.low, one.high, one.share) for one in found] == [(0.0, 0.1, 0.5), (0.9, 1.0, 0.5)]
    assert [one.told for one in found] == pytest.approx([0.06, 0.975])
    assert [one.kin for one in found] == pytest.approx([0.5, 0.5])
    assert calibration_error(found) == pytest.approx(0.5 * 0.44 + 0.5 * 0.475)


def test_kinds_weigh_the_same_however_many_there_are():
    drawn = Pairs(np.zeros(5), np.array([True] + [False] * 4), np.zeros(5, dtype=np.int64))
    assert bins(np.full(5, 0.55), drawn)[0].kin == pytest.approx(0.5)


def test_separation_counts_pairs_in_order():
    def of(cosines, same):
        return separation(Pairs(np.array(cosines), np.array(same), np.zeros(len(same), dtype=np.int64)))

    assert of([0.9, 0.1], [True, False]) == 1.0
    assert of([0.1, 0.9], [True, False]) == 0.0
    assert of([0.5, 0.5], [True, False]) == 0.5
    assert of([0.5, 0.2, 0.4, 0.6], [True, False, False, False]) == pytest.approx(2 / 3)


def test_pairs_keep_artists_in_one_group_and_do_not_let_one_artist_decide():
    drawn = pairs([collection(artists=10, songs=9)])
    assert drawn.same.sum() == 10 * PAIRS  # of 36 that each has
    assert set(drawn.group) == set(range(GROUPS))
    assert (~drawn.same).sum() > 5 * drawn.same.sum()
    again = pairs([collection(artists=10, songs=9)])
    np.testing.assert_array_equal(drawn.cosines, again.cosines)


def test_a_group_is_judged_by_a_curve_of_the_others():
    drawn = pairs([collection()])
    spoilt = np.where(drawn.group == 0, -drawn.cosines, drawn.cosines)
    said = told(Pairs(spoilt, drawn.same, drawn.group))
    others = told(drawn)
    # the other groups' curves hear of the spoilt one, its own does not
    np.testing.assert_allclose(
        np.sort(said[drawn.group == 0])[[0, -1]],
        np.sort(_by_curve_of_others(drawn, spoilt))[[0, -1]],
    )
    assert not np.allclose(said[drawn.group == 1], others[drawn.group == 1])


def _by_curve_of_others(drawn, spoilt):
    clean = Pairs(drawn.cosines, drawn.same, drawn.group)
    one = told(clean)
    held = drawn.group == 0
    # the curve can be read off two of its points
    x, p = drawn.cosines[held], one[held]
    logit = np.log(p / (1 - p))
    slope, intercept = np.polyfit(x, logit, 1)
    return Calibration(slope, intercept)(spoilt[held])


def test_near_songs_of_one_artist_are_calibrated_well():
    found = reliability([collection(artists=100, songs=5)])
    assert found.error < 0.06
    assert found.separation > 0.9
    assert sum(one.share for one in found.bins) == pytest.approx(1)
    assert found.artists == 100
    assert Calibration(found.slope, found.intercept)(0.9) > 0.8


def test_there_is_nothing_to_calibrate_without_pairs_or_without_kinship():
    assert reliability([collection(artists=20, songs=1)]) is None
    assert reliability([collection(artists=1, songs=20)]) is None
    backwards = collection(artists=20, songs=2)
    vectors = np.array(backwards.vectors)
    vectors[1::2] = -vectors[::2]
    assert reliability([Collection("odd", backwards.rows, vectors, backwards.labels)]) is None
