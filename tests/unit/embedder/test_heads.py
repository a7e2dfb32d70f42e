import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embedder.heads import GenreHead
from embedder.pooling import song_vector

NAMES = ("jazz", "pop", "rock")
BENT = np.array([[2, 0, 0], [0, 2, 0], [0, 0, 2]], dtype=np.float32)
FINITE = st.floats(-50, 50, width=32)


def head(threshold=0.5):
    return GenreHead(NAMES, BENT, np.zeros(3, np.float32), threshold)


@given(arrays(np.float32, st.tuples(st.integers(1, 9), st.just(3)), elements=FINITE))
def test_probabilities_are_probabilities(vectors):
    probabilities = head().probabilities(vectors)
    assert probabilities.sum() == pytest.approx(1)
    assert (probabilities >= 0).all()


@given(arrays(np.float32, st.tuples(st.integers(1, 9), st.just(3)), elements=FINITE), st.randoms())
def test_the_order_of_slices_does_not_matter(vectors, random):
    shuffled = vectors[random.sample(range(len(vectors)), len(vectors))]
    np.testing.assert_allclose(head().probabilities(shuffled), head().probabilities(vectors))
    np.testing.assert_allclose(song_vector(shuffled), song_vector(vectors), atol=1e-4)


def test_a_song_is_the_mean_of_what_its_slices_say():
    sure_jazz, sure_pop = [30, 0, 0], [0, 30, 0]
    choice = head()(np.array([sure_jazz, sure_jazz, sure_jazz, sure_pop], np.float32))
    assert choice.value == "jazz"
    assert choice.confidence == pytest.approx(0.75)
    assert choice.probabilities == pytest.approx({"jazz": 0.75, "pop": 0.25, "rock": 0.0}, abs=1e-9)


def test_below_the_threshold_it_abstains_but_still_names_the_likeliest():
    vectors = np.array([[0, 0, 1]], np.float32)
    confidence = head()(vectors).confidence
    assert head(confidence - 1e-6)(vectors).uncertain is False
    assert head(confidence)(vectors).uncertain is False
    unsure = head(confidence + 1e-6)(vectors)
    assert (unsure.value, unsure.uncertain) == ("rock", True)


def test_huge_vectors_do_not_overflow():
    assert head()(np.array([[1e5, 0, 0]], np.float32)).confidence == pytest.approx(1)


def test_the_song_vector_has_unit_length_and_the_direction_of_the_mean():
    vectors = np.random.default_rng(1).normal(size=(7, 128)).astype(np.float32)
    vector = song_vector(vectors)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1)
    assert vector @ vectors.mean(axis=0) == pytest.approx(np.linalg.norm(vectors.mean(axis=0)), rel=1e-5)
