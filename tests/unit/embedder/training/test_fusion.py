import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedder.training.fusion import beside, principal

FAMILIES = {"one": 2, "many": 8}


def songs(n, seed=0, width=10):
    return np.random.default_rng(seed).normal(size=(n, width)) * np.geomspace(0.01, 100, width) + 3


def test_vectors_are_centred_and_of_mean_square_length_1():
    vectors = principal(songs(200), FAMILIES, 6, 0.6)(songs(200))
    np.testing.assert_allclose(vectors.mean(axis=0), 0, atol=1e-3)
    assert np.mean((vectors**2).sum(axis=1)) == pytest.approx(1, abs=1e-3)


def test_the_unit_of_a_column_does_not_matter():
    x = songs(100)
    units = np.geomspace(1e-2, 1e3, 10)
    one, other = (principal(y, FAMILIES, 10, 0.6)(y) for y in (x, x * units))
    np.testing.assert_allclose(one @ one.T, other @ other.T, atol=1e-2)


def test_a_large_family_decides_no_more_by_its_size_alone():
    x = np.random.default_rng(1).normal(size=(2000, 40))
    many = {"one": 4, "many": 36}
    made = principal(x, many, 40, 0.0)
    strength = np.linalg.norm(made.matrix, axis=1) * x.std(axis=0)
    assert (strength[:4] ** 2).sum() / (strength[4:] ** 2).sum() == pytest.approx(4**0.5 / 36**0.5, rel=0.05)


@pytest.mark.parametrize(("equalised", "ratio"), [(0.0, 4.0), (0.5, 2.0), (1.0, 1.0)])
def test_axes_are_evened_out_as_asked(equalised, ratio):
    random = np.random.default_rng(2)
    common = random.normal(size=(4000, 1))
    x = common * np.sqrt(0.6) + random.normal(size=(4000, 2)) * np.sqrt(0.4)  # correlation .6: variances 1.6 and .4
    vectors = principal(x, {"all": 2}, 2, equalised)(x)
    spread = vectors.std(axis=0) ** 2
    assert spread.max() / spread.min() == pytest.approx(ratio, rel=0.1)


def test_two_maps_side_by_side():
    x, y = songs(50), songs(50, seed=1, width=4)
    one, other = principal(x, FAMILIES, 5, 0.6), principal(y, {"all": 4}, 3, 0.5)
    both = beside(one, other)(np.concatenate([x, y], axis=1))
    np.testing.assert_allclose(both, np.concatenate([one(x), other(y)], axis=1), atol=1e-4)


@pytest.mark.parametrize("dimensions", [(0, 6), (6, 0)])
def test_a_half_may_be_left_out(dimensions):
    both = beside(*(principal(songs(50), FAMILIES, n, 0.5) for n in dimensions))
    assert both.matrix.shape == (20, 6)
    assert both.matrix[:10].any() == (dimensions[0] > 0)


@given(st.integers(2, 6), st.integers(1, 12))
def test_few_songs_give_finite_vectors_and_the_rest_is_0(n, dimensions):
    made = principal(songs(n), FAMILIES, dimensions, 0.6)
    assert made.matrix.shape == (10, dimensions)
    assert np.isfinite(made(songs(n))).all()
    assert not made.matrix[:, n:].any()


def test_songs_that_are_all_the_same_give_0():
    same = np.ones((4, 10))
    assert not principal(same, FAMILIES, 5, 0.6)(same).any()
