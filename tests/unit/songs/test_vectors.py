"""``unit`` keeps the direction of anything finite."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from songs.vectors import DIMENSIONS, unit

FINITE32 = st.floats(width=32, allow_nan=False, allow_infinity=False)  # huge ones and subnormal ones too
FINITE64 = st.floats(allow_nan=False, allow_infinity=False)
SHAPES = array_shapes(min_dims=1, max_dims=3, max_side=6)


@given(arrays(np.float32, SHAPES, elements=FINITE32))
def test_every_vector_has_length_one_or_zero(vectors):
    units = unit(vectors)
    assert units.dtype == np.float32
    assert units.shape == vectors.shape
    lengths = np.linalg.norm(units.astype(np.float64), axis=-1)
    zero = ~vectors.any(axis=-1)
    np.testing.assert_allclose(lengths[~zero], 1.0, atol=1e-6)
    assert not units[zero].any()


@given(arrays(np.float64, 5, elements=FINITE64))
def test_the_whole_range_of_doubles(vector):
    assert np.linalg.norm(unit(vector)) == pytest.approx(float(vector.any()), abs=1e-6)


@given(arrays(np.float32, 4, elements=st.floats(-1e3, 1e3, width=32)), st.sampled_from([1e-30, 1e-3, 1.0, 7.0, 1e30]))
def test_direction_stays_whatever_the_gain(vector, gain):
    want = unit(vector)
    np.testing.assert_allclose(unit(vector.astype(np.float64) * gain), want, atol=1e-6)
    np.testing.assert_allclose(unit(-vector), -want)
    np.testing.assert_allclose(unit(want), want, atol=1e-6)


@pytest.mark.parametrize("value", [3.4e38, 1e-45, -3.4e38])
def test_no_overflow_and_no_underflow_at_the_ends_of_float32(value):
    with np.errstate(all="raise", under="ignore"):
        units = unit(np.full(DIMENSIONS, value, dtype=np.float32))
    np.testing.assert_allclose(units, np.sign(value) / np.sqrt(DIMENSIONS), rtol=1e-6)


@pytest.mark.parametrize("shape", [(0, 128), (3, 0), (0,)])
def test_nothing_in_nothing_out(shape):
    assert unit(np.zeros(shape)).shape == shape


def test_integers_and_lists_of_rows():
    np.testing.assert_allclose(unit(np.array([[3, 4], [0, 2]])), [[0.6, 0.8], [0.0, 1.0]])


def test_the_argument_is_left_alone():
    vector = np.array([3.0, 4.0], dtype=np.float32)
    unit(vector)
    assert vector.tolist() == [3.0, 4.0]
