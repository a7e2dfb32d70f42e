import numpy as np
import pytest
from scipy.stats import norm, skew

from evaluation.hubness import cosines, csls, mutual_proximity, occurrences, skewness


def star(points=6):
    """Scores of a hub (song 0) that is the nearest of everybody, and of points that hardly know each other."""
    scores = np.full((points + 1, points + 1), 0.1)
    scores[0, :] = scores[:, 0] = 0.9
    np.fill_diagonal(scores, 1.0)
    return scores


def test_in_a_star_everybody_s_nearest_is_the_hub():
    counts = occurrences(star(), k=1)
    # six points find the hub; the hub itself finds the first of them
    np.testing.assert_array_equal(counts, [6, 1, 0, 0, 0, 0, 0])
    assert skewness(counts) == pytest.approx(skew(counts))
    assert skewness(counts) > 1.5


def test_on_a_circle_nobody_is_a_hub():
    angle = np.arange(12) * np.pi / 6
    counts = occurrences(cosines(np.stack([np.cos(angle), np.sin(angle)], axis=1)), k=11)
    np.testing.assert_array_equal(counts, 11)
    assert skewness(counts) == 0.0


def test_k_is_at_most_the_number_of_others():
    np.testing.assert_array_equal(occurrences(np.eye(3), k=10), [2, 2, 2])


def test_csls_by_hand():
    scores = np.array([[1.0, 0.8, 0.2], [0.8, 1.0, 0.4], [0.2, 0.4, 1.0]])
    # means of the two others: .5, .6, .3
    wanted = {(0, 1): 1.6 - 1.1, (0, 2): 0.4 - 0.8, (1, 2): 0.8 - 0.9}
    found = csls(scores, k=2)
    for (a, b), value in wanted.items():
        assert found[a, b] == pytest.approx(value)
        assert found[b, a] == pytest.approx(value)


def test_csls_and_mutual_proximity_take_the_hub_back():
    rng = np.random.default_rng(0)
    vectors = np.concatenate([rng.normal(size=(60, 16)) + 1.5, np.ones((3, 16))])  # three songs in the middle of all
    plain = cosines(vectors)
    for mended in (csls(plain), mutual_proximity(plain)):
        assert skewness(occurrences(mended)) < skewness(occurrences(plain))
        assert occurrences(mended).max() < 0.8 * occurrences(plain).max()
        np.testing.assert_allclose(mended, mended.T, atol=1e-12)


def test_mutual_proximity_by_hand():
    scores = np.array([[9.0, 0.8, 0.2], [0.8, 9.0, 0.4], [0.2, 0.4, 9.0]])  # the diagonal must not count
    found = mutual_proximity(scores)
    # of two numbers the mean lies in the middle and one deviation from either
    assert found[0, 1] == pytest.approx(norm.cdf(1) * norm.cdf(1))
    assert found[0, 2] == pytest.approx(norm.cdf(-1) * norm.cdf(-1))
    assert found[1, 2] == pytest.approx(norm.cdf(-1) * norm.cdf(1))
