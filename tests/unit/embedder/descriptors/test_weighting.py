"""The weighting: scipy's recursion is the oracle of the matrices, the standard that of the coefficients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import freqz_sos, sosfilt

from embedder.descriptors.weighting import BLOCK, Weighting, k_weighting


def test_at_48_khz_the_coefficients_are_the_standards():
    shelf, high_pass = k_weighting(48_000)
    np.testing.assert_allclose(
        shelf,
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241, 0.73248077421585],
        atol=1e-8,
    )
    np.testing.assert_allclose(high_pass, [1, -2, 1, 1, -1.99004745483398, 0.99007225036621], atol=1e-8)


@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000, 192_000])
def test_other_rates_have_the_same_response(rate):
    hz = np.geomspace(20, 5000, 50)
    (_, here), (_, there) = (freqz_sos(k_weighting(r), hz, fs=r) for r in (rate, 48_000))
    np.testing.assert_allclose(20 * np.log10(np.abs(here / there)), 0, atol=0.4 if rate < 44_100 else 0.1)


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
def test_matrices_filter_as_the_recursion_does(rate):
    x = np.random.default_rng(0).normal(0.3, 0.1, (2, 400 * BLOCK)).astype(np.float32)
    weighting = Weighting(rate, 2)
    ours = np.concatenate([weighting(part) for part in np.split(x, 4, axis=1)], axis=1)
    np.testing.assert_allclose(ours, sosfilt(k_weighting(rate), x.astype(np.float64), axis=1), atol=1e-6)


@given(st.integers(8_000, 192_000))
def test_every_rate_is_stable(rate):
    weighting = Weighting(rate, 1)
    click = np.zeros((1, 50 * BLOCK), dtype=np.float32)
    click[0, 0] = 1
    assert np.abs(weighting(click)).max() < 2
    for _ in range(rate // (50 * BLOCK) + 1):
        rest = weighting(np.zeros_like(click))
    assert np.abs(rest).max() < 1e-6
