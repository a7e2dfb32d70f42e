import numpy as np
import pytest

from evaluation.postprocessing import (
    centred,
    evening,
    mean_and_deviation,
    mean_by_norm,
    mean_of_directions,
    whitened,
)
from songs.vectors import unit


@pytest.fixture
def taught():
    rng = np.random.default_rng(0)
    return (rng.normal(size=(500, 4)) * [4, 2, 1, 0.5] + [3, 0, 0, 0]).astype(np.float32)


def test_centred_by_hand():
    taught = np.float32([[2, 0], [0, 3]])  # their lengths do not matter; their directions' mean is (1/2, 1/2)
    np.testing.assert_allclose(centred(np.float32([[5, 0]]), taught), [[0.5**0.5, -(0.5**0.5)]], atol=1e-6)


def test_evening_gives_every_direction_the_same_variance(taught):
    known = unit(taught).astype(np.float64)
    even = (known - known.mean(axis=0)) @ evening(known, 1.0)
    np.testing.assert_allclose(np.cov(even.T), np.eye(4), atol=1e-6)
    half = (known - known.mean(axis=0)) @ evening(known, 0.5)
    np.testing.assert_allclose(np.var(half, axis=0, ddof=1) ** 2, np.linalg.eigvalsh(np.cov(known.T)), rtol=1e-6)


def test_a_direction_without_variance_is_left_out(taught):
    flat = np.concatenate([taught, np.zeros((500, 2), dtype=np.float32)], axis=1)
    assert whitened(flat, flat, 1.0).shape == (500, 4)


def test_without_strength_cosines_are_those_of_centred_vectors(taught):
    a, b = whitened(taught[:9], taught, 0.0), centred(taught[:9], taught)
    np.testing.assert_allclose(a @ a.T, b @ b.T, atol=1e-5)


def test_poolings_by_hand():
    long, short = np.array([[3.0, 0.0], [0.0, 1.0]], dtype=np.float32), np.array([[0.0, 2.0]], dtype=np.float32)
    found = mean_of_directions([long, short])
    np.testing.assert_allclose(found, [[0.5**0.5, 0.5**0.5], [0, 1]], atol=1e-6)
    weighed = mean_by_norm([long, short], [long, short])
    lengths = np.array([3.0, 1.0]) / np.std([3, 1, 2])
    share = np.exp(lengths) / np.exp(lengths).sum()
    np.testing.assert_allclose(weighed[0], share / np.linalg.norm(share), atol=1e-6)
    np.testing.assert_allclose(weighed[1], [0, 1], atol=1e-6)


def test_deviation_tells_songs_of_one_mean_apart():
    calm = np.tile(np.float32([1.0, 0.0, 0.0]), (2, 1))
    restless = np.float32([[1.0, 1.0, 0.0], [1.0, -1.0, 0.0]])
    other = np.float32([[1.0, 0.0, 1.0], [1.0, 0.0, -1.0]])
    songs = [calm, restless, other]
    found = mean_and_deviation(songs, songs)
    assert found.shape == (3, 6)
    plain = np.stack([unit(one.mean(axis=0)) for one in songs])
    np.testing.assert_allclose(plain @ plain.T, 1, atol=1e-6)
    assert (found @ found.T)[np.triu_indices(3, 1)].max() < 0.8
