import numpy as np
import pytest

from embedder.calibration import Calibration, fit


def test_recovers_the_curve_that_the_pairs_were_drawn_from():
    rng = np.random.default_rng(0)
    cosines = rng.uniform(-1, 1, 200_000)
    same = rng.random(200_000) < Calibration(6.0, -1.5)(cosines)
    # even odds: the fit shifts the intercept by the log of the odds that the pairs were drawn with
    shift = np.log((~same).sum() / same.sum())
    found = fit(cosines, same)
    assert found.slope == pytest.approx(6.0, rel=0.03)
    assert found.intercept == pytest.approx(-1.5 + shift, abs=0.05)


def test_random_pairs_may_be_many_or_few_the_curve_stays():
    rng = np.random.default_rng(1)
    kin, others = rng.normal(0.5, 0.2, 4000), rng.normal(0.1, 0.2, 40_000)
    few = fit(np.r_[kin, others[:4000]], np.r_[np.ones(4000), np.zeros(4000)])
    many = fit(np.r_[kin, others], np.r_[np.ones(4000), np.zeros(40_000)])
    assert many(0.3) == pytest.approx(few(0.3), abs=0.02)
    # two normal laws of one width: the true logit is linear and crosses a half in the middle between them
    assert many(0.3) == pytest.approx(0.5, abs=0.02)
    assert many.slope == pytest.approx(0.4 / 0.2**2, rel=0.05)


def test_pairs_that_are_told_apart_without_fault_leave_the_slope_finite():
    found = fit([0.9, 0.8, 0.1, 0.0], [True, True, False, False])
    assert found(0.9) > 0.6
    assert found(0.0) < 0.4
    assert found.slope < 1e3


def test_it_grows_with_the_cosine_and_stays_a_probability():
    told = Calibration(50.0, -40.0)(np.linspace(-1, 1, 101))
    assert np.all(np.diff(told) >= 0)
    assert told.min() >= 0
    assert told.max() <= 1


def test_round_trip_through_json():
    assert Calibration.from_json(Calibration(3.5, -1.25).as_json()) == Calibration(3.5, -1.25)


@pytest.mark.parametrize(("slope", "intercept"), [(0.0, 0.0), (-1.0, 0.0), (float("nan"), 0.0), (1.0, float("inf"))])
def test_refuses_what_is_no_calibration(slope, intercept):
    with pytest.raises(ValueError, match="no calibration"):
        Calibration(slope, intercept)


def test_both_kinds_of_pairs_are_needed():
    with pytest.raises(ValueError, match="both kinds"):
        fit([0.1, 0.2], [True, True])
    with pytest.raises(ValueError, match="no calibration"):
        fit([0.1, 0.9], [True, False])
    with pytest.raises(ValueError, match="cosines are"):
        fit([0.1, 0.9], [True])
