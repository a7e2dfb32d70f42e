import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from embedder.heads.choice import odds, sigmoid, softmax
from embedder.training.heads import calibrate

SONGS = st.lists(st.tuples(st.floats(0.05, 1), st.booleans()), min_size=1, max_size=60)


@pytest.mark.parametrize("heat", [0.5, 1.0, 2.5])
def test_the_temperature_is_found(heat):
    random = np.random.default_rng(0)
    scores = random.normal(size=(4000, 3)) * 2
    drawn = np.array([random.choice(3, p=row) for row in softmax(scores / heat)])
    assert calibrate.temperature(scores, np.eye(3)[drawn]) == pytest.approx(heat, rel=0.15)


def test_the_curves_of_names_are_found():
    random = np.random.default_rng(1)
    scores = random.normal(size=(6000, 3)) * 2
    slopes, offsets = np.array([0.8, 1.0, 1.2]), np.array([0.5, -0.5, 0.0])
    drawn = (random.uniform(size=scores.shape) < sigmoid(odds(scores) * slopes + offsets)).astype(float)
    found = calibrate.curves(scores, drawn, np.zeros_like(drawn, bool), np.ones(len(drawn)))
    np.testing.assert_allclose(found[0], slopes, atol=0.15)
    np.testing.assert_allclose(found[1], offsets, atol=0.15)


def test_a_name_without_songs_borrows_its_slope():
    random = np.random.default_rng(2)
    scores = random.normal(size=(500, 3))
    values = (random.uniform(size=scores.shape) < sigmoid(2 * odds(scores))).astype(float)
    values[:, 2] = 0
    slopes, offsets = calibrate.curves(scores, values, np.zeros_like(values, bool), np.ones(500))
    assert slopes[2] == pytest.approx(np.mean(slopes[:2]), rel=0.2)
    assert all(slope > 0 for slope in slopes)
    assert np.isfinite(offsets).all()


def test_of_open_names_one_is_right():
    random = np.random.default_rng(5)
    kind = random.integers(3, size=3000)
    scores = 2 * np.eye(3)[kind] + random.normal(size=(3000, 3))
    values = np.eye(3)[kind]
    open_ = np.repeat((kind > 0) & (random.uniform(size=3000) < 0.7), 3).reshape(-1, 3) & [False, True, True]
    slopes, offsets = calibrate.curves(scores, np.where(open_, 0, values), open_, np.ones(3000))
    told = sigmoid(odds(scores) * np.array(slopes) + np.array(offsets))
    np.testing.assert_allclose(told.mean(axis=0), 1 / 3, atol=0.06)


@given(SONGS)
def test_answers_keep_their_risk_where_they_were_measured(pairs):
    confidences, right = (np.array(part) for part in zip(*pairs, strict=True))
    found = calibrate.abstention(confidences, right.astype(bool))
    if found.wrong is None:
        assert found.threshold == 1.0
    else:
        kept = confidences >= found.threshold
        wrong = int((~right[kept].astype(bool)).sum())
        assert found.answered == pytest.approx(kept.mean())
        assert found.wrong == pytest.approx(wrong / kept.sum())
        assert beta.ppf(calibrate.SURE, wrong + 1, kept.sum() - wrong) <= calibrate.RISK


def test_margins_cover_nine_of_ten_songs_that_they_were_not_measured_on():
    random = np.random.default_rng(3)
    covered = []
    for _ in range(200):
        errors = random.standard_exponential(60) - 0.5  # lopsided
        share = calibrate.margins(np.zeros(40), errors[:40])
        covered.append(((-share.below <= errors[40:]) & (errors[40:] <= share.above)).mean())
    assert np.mean(covered) == pytest.approx(0.9, abs=0.04)


def test_few_songs_make_wide_margins():
    share = calibrate.margins(np.zeros(5), np.array([-0.3, 0.0, 0.0, 0.1, 0.4]))
    assert (share.below, share.above) == (pytest.approx(0.3), pytest.approx(0.4))
