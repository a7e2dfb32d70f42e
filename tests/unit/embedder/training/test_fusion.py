import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedder.training.fusion import fuse

FAMILIES = {"one": 2, "many": 8}


def songs(n, seed=0, width=10):
    return np.random.default_rng(seed).normal(size=(n, width)) * np.geomspace(0.01, 100, width) + 3


def test_vectors_are_centred_and_of_mean_square_length_1():
    vectors = fuse(songs(200), FAMILIES, {}, 6)(songs(200))
    np.testing.assert_allclose(vectors.mean(axis=0), 0, atol=1e-3)
    assert np.mean((vectors**2).sum(axis=1)) == pytest.approx(1, abs=1e-3)


def test_the_unit_of_a_column_does_not_matter():
    x = songs(100)
    units = np.geomspace(1e-2, 1e3, 10)
    one, other = fuse(x, FAMILIES, {}, 10)(x), fuse(x * units, FAMILIES, {}, 10)(x * units)
    np.testing.assert_allclose(one @ one.T, other @ other.T, atol=1e-2)


def test_a_heavier_family_decides_more():
    x = songs(300)
    moved = x.copy()
    moved[:, :2] += x[:, :2].std(axis=0)
    far = {}
    for weight in (0.2, 5.0):
        made = fuse(x, FAMILIES, {"one": weight}, 3)
        far[weight] = np.linalg.norm(made(moved) - made(x), axis=1).mean()
    assert far[5.0] > far[0.2]


@given(st.integers(2, 6), st.integers(1, 12))
def test_few_songs_give_finite_vectors_and_the_rest_is_0(n, dimensions):
    made = fuse(songs(n), FAMILIES, {}, dimensions)
    assert made.matrix.shape == (10, dimensions)
    assert np.isfinite(made(songs(n))).all()
    assert not made.matrix[:, n:].any()


def test_songs_that_are_all_the_same_give_0():
    same = np.ones((4, 10))
    assert not fuse(same, FAMILIES, {}, 5)(same).any()
