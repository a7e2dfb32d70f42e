import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embedder.heads import files
from embedder.heads.choice import Exclusive, Independent
from embedder.heads.heads import FEATURES, Heads
from embedder.heads.number import Named, Share, Standing
from embedder.heads.reading import Reading, Scales
from songs.labels import Labels
from songs.manifest import EMOTIONS

SONGS = arrays(np.float32, 128, elements=st.floats(-50, 50, width=32))
SLICES = arrays(np.float32, st.tuples(st.integers(1, 9), st.just(128)), elements=st.floats(-50, 50, width=32))


@pytest.fixture(scope="module")
def heads(small):
    return small()


@given(song=SONGS)
def test_whatever_is_heard_labels_are_in_their_ranges(heads, song):
    labels = heads(song)
    for choice in (labels.genre, labels.mood, labels.quadrant, labels.cluster):
        assert all(0 <= p <= 1 for p in choice.probabilities.values())
        assert choice.confidence == max(choice.probabilities.values()) == choice.probabilities[choice.value]
    for choice in (labels.mood, labels.quadrant, labels.cluster):
        assert sum(choice.probabilities.values()) == pytest.approx(1)
    assert tuple(labels.emotions) == EMOTIONS
    assert all(0 <= share <= 1 for share in labels.emotions.values())
    told = [feature for name, feature in labels.features.items() if name != "liveness"]
    for number in (labels.valence, labels.arousal, *told):
        assert 0 <= number.low <= number.value <= number.high <= 1
    assert 0 <= labels.popularity.low <= labels.popularity.value <= labels.popularity.high <= 100
    assert labels.features["liveness"].value is labels.features["liveness"].confidence is None
    assert Labels.from_json(labels.as_json()) == labels


@given(slices=SLICES, random=st.randoms())
def test_the_order_of_slices_does_not_matter(heads, slices, random):
    shuffled = slices[random.sample(range(len(slices)), len(slices))]
    one, other = (heads.scores(own.astype(np.float64).mean(axis=0).astype(np.float32)) for own in (slices, shuffled))
    for name, score in one.items():
        np.testing.assert_allclose(other[name], score, atol=1e-4)


def test_many_songs_are_scored_as_each_alone(heads):
    songs = np.random.default_rng(0).normal(size=(5, 128)).astype(np.float32)
    together = heads.scores(songs)
    for i, song in enumerate(songs):
        for name, score in heads.scores(song).items():
            np.testing.assert_allclose(together[name][i], score, atol=1e-12)


def test_what_is_written_is_read(heads):
    again = files.heads(files.arrays(heads), files.facts(heads))
    song = np.random.default_rng(1).normal(size=128).astype(np.float32)
    assert again(song) == heads(song)
    assert files.facts(again) == files.facts(heads)
    assert files.arrays(again) == files.arrays(heads)


def test_a_score_is_linear_plus_nearness_by_hand():
    x = np.float32
    scales = Scales(np.array([1, 0], x), np.array([2, 1], x), np.array([1, 0.5], x))
    reading = Reading(
        scales, (1, 1), np.array([[1, 0]], x), np.array([[3], [4]], x), np.array([[10]], x), np.ones(1, x)
    )
    # (5, 9) is (2, 9) after standardising, (2, 4) held within 4, and (2, 2) after weighing
    nearness = (np.exp(-((2 - 1) ** 2)) + np.exp(-((2 - 0) ** 2))) / 2
    assert reading(np.array([5, 9], x))[0] == pytest.approx(3 * 2 + 4 * 2 + 10 * nearness + 1, rel=1e-6)


def test_columns_belong_to_the_heads_that_are_there(small):
    x = np.float32
    bias = np.array([5, 0, np.log(0.25 / 0.75)], x)
    flat = Scales(np.zeros(1, x), np.ones(1, x), np.ones(1, x))
    reading = Reading(flat, (1,), np.zeros((1, 1), x), np.zeros((1, 3), x), np.zeros((1, 3), x), bias)
    quadrant = Exclusive(("Q1", "Q2"), 1.0, 0.5)
    features = dict.fromkeys(FEATURES) | {"energy": Named(Share(0.1, 0.2), 0.3)}
    labels = Heads(reading=reading, quadrant=quadrant, features=features)(np.zeros(1, x))
    assert labels.quadrant.value == "Q1"
    assert (labels.genre.value, labels.valence.value, labels.popularity.value) == (None, None, None)
    energy = labels.features["energy"]
    assert (energy.value, energy.low, energy.high, energy.confidence) == pytest.approx(
        (0.25, 0.15, 0.45, 0.3), rel=1e-6
    )
    with pytest.raises(ValueError, match="heads read 2 scores, its arrays give 3"):
        Heads(reading=reading, quadrant=quadrant, features={})


# ---- choices


def test_names_that_exclude_each_other_by_hand():
    scores = np.log(np.array([1.0, 2.0, 5.0]))
    told = Exclusive(("a", "b", "c"), 1.0, 0.7)(scores)
    assert told.probabilities == pytest.approx({"a": 1 / 8, "b": 2 / 8, "c": 5 / 8})
    assert (told.value, told.uncertain) == ("c", True)
    assert Exclusive(("a", "b", "c"), 0.5, 0.7)(scores).probabilities["c"] == pytest.approx(25 / 30)


def test_names_that_do_not_exclude_each_other_by_hand():
    scores = np.log(np.array([1.0, 1.0, 2.0]))  # odds against the others: 1/3, 1/3, 1
    told = Independent(("a", "b", "c"), (1.0, 1.0, 2.0), (np.log(3), 0.0, 0.0), 0.5)(scores)
    assert told.probabilities == pytest.approx({"a": 1 / 2, "b": 1 / 4, "c": 1 / 2})
    assert told.uncertain is False


@pytest.mark.parametrize("far", [1e3, 1e6])
def test_huge_scores_do_not_overflow(far):
    scores = np.array([far, 0.0, -far])
    for choice in (Exclusive(("a", "b", "c"), 1.0, 0.5), Independent(("a", "b", "c"), (1,) * 3, (0,) * 3, 0.5)):
        told = choice(scores)
        assert told.value == "a"
        assert told.confidence == pytest.approx(1)


def test_from_its_threshold_on_it_is_not_uncertain():
    scores = np.array([0.0, 1.0])
    confidence = Exclusive(("a", "b"), 1.0, 0.0)(scores).confidence
    assert Exclusive(("a", "b"), 1.0, confidence)(scores).uncertain is False
    assert Exclusive(("a", "b"), 1.0, confidence + 1e-9)(scores).uncertain is True


# ---- numbers


@given(st.floats(-3, 3), st.floats(0, 2), st.floats(0, 2))
def test_an_interval_holds_its_value(score, below, above):
    told = Share(below, above)(score)
    assert 0 <= told.low <= told.value <= told.high <= 1


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=9), st.floats(-9, 9), st.floats(-9, 9))
def test_more_never_stands_lower(scale, one, other):
    standing = Standing(sorted(scale), 20.0, 30.0)
    low, high = sorted([one, other])
    assert 0 <= standing(low).value <= standing(high).value <= 100
    assert standing(low).source == "model"


def test_a_standing_by_hand():
    told = Standing((0.0, 1.0, 4.0), 30.0, 10.0)(2.5)
    assert (told.value, told.low, told.high) == (75.0, 45.0, 85.0)
