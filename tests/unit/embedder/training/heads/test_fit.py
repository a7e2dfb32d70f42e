import numpy as np
import pytest

from embedder.heads.choice import softmax
from embedder.training.heads import fit


@pytest.fixture(scope="module")
def songs():
    return np.random.default_rng(0).normal(size=(80, 6)).astype(np.float32) * [1, 10, 0.1, 1, 1, 1] + 3


def test_a_reading_gives_the_scores_of_the_line_it_was_made_of(songs):
    basis = fit.basis(songs)
    features = basis(songs)
    assert (features**2).sum(axis=1).mean() == pytest.approx(1, abs=0.2)
    line = fit.ridge(features, songs[:, :2].astype(np.float64), np.ones(80), 0.5)
    reading = basis.reading(line.weights, line.bias)
    np.testing.assert_allclose(reading(songs.astype(np.float32)), line(features), rtol=1e-3, atol=1e-3)


def test_constant_evidence_is_no_trouble():
    basis = fit.basis(np.ones((9, 4), np.float32))
    assert np.isfinite(basis(np.ones((2, 4), np.float32))).all()


def test_a_ridge_agrees_with_its_normal_equations():
    random = np.random.default_rng(1)
    x, y, weights = random.normal(size=(30, 5)), random.normal(size=(30, 2)), random.uniform(0.5, 2, 30)
    line = fit.ridge(x, y, weights, 3.0)
    share = weights / weights.mean()
    centred = x - share @ x / 30
    wanted = np.linalg.solve(centred.T @ (centred * share[:, None]) + 3 * np.eye(5), centred.T @ (share[:, None] * y))
    np.testing.assert_allclose(line.weights, wanted, atol=1e-10)
    np.testing.assert_allclose(share @ (line(x) - y), 0, atol=1e-9)


def test_a_logistic_fit_is_where_its_slopes_vanish():
    random = np.random.default_rng(2)
    x, weights = random.normal(size=(60, 4)), random.uniform(0.5, 2, 60)
    y = np.eye(3)[(x[:, :3] + random.normal(size=(60, 3))).argmax(axis=1)]
    line = fit.logistic(x, y, weights, 0.5)
    wrong = (softmax(line(x)) - y) * weights[:, None]
    np.testing.assert_allclose(x.T @ wrong + 0.5 * line.weights, 0, atol=1e-2)
    np.testing.assert_allclose(wrong.sum(axis=0), 0, atol=1e-2)


def test_what_is_left_open_teaches_that_one_of_them_is_right():
    random = np.random.default_rng(3)
    kind = random.integers(3, size=200)
    x = np.eye(3)[kind] + 0.1 * random.normal(size=(200, 3))
    sure, hidden = np.eye(3)[kind], (kind > 0) & (random.uniform(size=200) < 0.8)
    sure[hidden] = 0
    open_ = np.where(hidden[:, None], [[0.0, 1.0, 1.0]], 0.0)
    told = softmax(fit.named(x, sure, open_, np.ones(200), 0.1)(x))
    assert (told.argmax(axis=1) == kind).mean() > 0.95  # the few that are named divide what is open
    assert (told[kind > 0, 1:].sum(axis=1) > 0.9).mean() > 0.95


def test_curves_leave_out_what_is_not_known():
    random = np.random.default_rng(4)
    x = random.normal(size=(100, 2))
    y = (x > 0).astype(float)
    spoilt = y.copy()
    spoilt[:50, 1] = 1 - spoilt[:50, 1]
    weights = np.ones((100, 2))
    weights[:50, 1] = 0
    told = fit.curves(x, spoilt, weights, 0.1)(x) > 0
    assert (told == (y > 0)).mean() > 0.95
