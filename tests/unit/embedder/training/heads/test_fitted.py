"""Heads for networks that heard made-up songs: what they tell of artists that nobody had heard."""

import json

import numpy as np
import pytest

from embedder.heads import files
from embedder.training.heads import fitted
from embedder.training.heads.figures import area, calibration_error, figures
from embedder.training.heads.settings import settings
from embedder.training.heads.songs import Hearing


@pytest.fixture(scope="module")
def pooled(world):
    songs, hearings, _ = world
    return fitted.pooled(hearings, songs)


@pytest.fixture(scope="module")
def heads(world, pooled):
    songs, hearings, _ = world
    return fitted.heads(hearings[0].evidence, songs, np.ones(len(songs), bool), settings(pooled[0], songs, pooled[1]))


def test_every_song_is_told_by_a_network_that_did_not_know_its_artist(world, pooled):
    songs, _hearings, split = world
    scores, unheard = pooled
    np.testing.assert_array_equal(unheard, np.isin(songs.folds(split), (0, 1, 2, 3)))
    for name, told in scores.items():
        assert told.shape == (len(songs), songs.wanted[name].values.shape[1])
        assert np.isfinite(told).all()


def test_what_the_answer_is_does_not_reach_those_who_are_asked(world, pooled):
    """Another evidence of the unheard songs' labels changes nothing: their scores are of other songs' labels."""
    songs, hearings, _ = world
    spoilt = {name: type(one)(one.names, one.values.copy(), one.known) for name, one in songs.wanted.items()}
    for one in spoilt.values():
        one.values[hearings[0].unheard] = one.values[hearings[0].unheard][::-1]
    again, _ = fitted.pooled(hearings[:1], type(songs)(songs.rows, songs.corpora, spoilt, songs.raters))
    for name, told in again.items():
        np.testing.assert_allclose(told[hearings[0].unheard], pooled[0][name][hearings[0].unheard], err_msg=name)


def test_heads_tell_what_can_be_told_and_nothing_else(world, heads):
    songs, hearings, _ = world
    labels = [heads(one) for one in hearings[0].evidence]
    quadrants = songs.wanted["quadrant"]
    told = [
        label.quadrant.value == quadrants.names[row.argmax()]
        for label, row in zip(labels, quadrants.values, strict=True)
    ]
    assert np.mean(np.array(told)[quadrants.rows]) > 0.8
    assert labels[0].features["energy"].value is not None
    assert labels[0].features["liveness"].value is None  # was drawn at random
    assert labels[0].features["danceability"].value is None  # nobody says
    assert labels[0].popularity.source == "model"
    assert heads.genres == ("electronic", "jazz", "pop", "rock")


def test_written_heads_say_the_same(world, heads):
    again = files.heads(files.arrays(heads), files.facts(heads))
    for one in world[1][0].evidence[:5]:
        assert again(one) == heads(one)


def test_without_unheard_songs_nothing_is_measured(world):
    songs, hearings, _ = world
    known = Hearing(hearings[0].evidence, np.zeros(len(songs), bool))
    scores, unheard = fitted.pooled([known], songs)
    made = fitted.heads(known.evidence, songs, ~unheard, settings(scores, songs, unheard))
    labels = made(known.evidence[0])
    assert (labels.valence.value, labels.popularity.value) == (None, None)
    assert made.genre.threshold == 0.5
    assert labels.quadrant.value is not None


def test_figures(world, pooled):
    songs, _, split = world
    found = json.loads(json.dumps(figures(*pooled[:1], songs, pooled[1], split), allow_nan=False))
    assert found["quadrant"]["accuracy"]["value"] > 0.6
    assert found["quadrant"]["valence_area"]["value"] > 0.8
    assert found["emotions"]["mean"]["value"] > 0.6
    assert set(found["emotions"]["each"]) == set(songs.wanted["emotions"].names)
    assert found["valence"]["spotify_valence"]["value"] > 0.6
    assert found["valence"]["pleasant_area"]["value"] > 0.8
    assert 0.8 < found["valence"]["coverage"]["value"] <= 1
    assert found["genre"]["calibration_error"]["value"] < 0.2
    assert abs(found["features"]["liveness"]["r"]["value"]) < 0.4
    assert 0 < found["genre"]["accuracy"]["error"] < 0.2


def test_measures_by_hand():
    assert area(np.array([1.0, 2.0, 2.0, 3.0]), np.array([False, True, False, True])) == pytest.approx(3.5 / 4)
    assert np.isnan(area(np.ones(2), np.ones(2, bool)))
    assert calibration_error(np.array([0.95, 0.95, 0.15]), np.array([True, False, False])) == pytest.approx(
        (2 * abs(0.95 - 0.5) + 0.15) / 3
    )
