import numpy as np
import pytest

from embedder.explain.regions import Grid, regions, spans
from embedder.settings import AudioSettings
from embedder.spectrogram import band_centres

AUDIO = AudioSettings()


def cells(*places, slices=3):
    found = np.zeros((slices, 8, 8), bool)
    for place in places:
        found[place] = True
    return found


def test_neighbours_are_one_region_also_from_slice_to_slice():
    chosen = cells((0, 2, 7), (1, 2, 0), (1, 3, 0), (2, 7, 4))
    effects = np.where(chosen, 0.5, 9.0)
    first, second = regions(chosen, effects, Grid((0, 1, 2), AUDIO))
    edges = Grid((0,), AUDIO).edges()
    assert (first.start, first.end) == (pytest.approx(4.48), pytest.approx(5.76))
    assert (first.low_hz, first.high_hz) == pytest.approx((edges[2], edges[4]), abs=0.05)
    assert first.effect == pytest.approx(1.5)
    assert (second.start, second.high_hz, second.effect) == (pytest.approx(12.8), 11025.0, 0.5)


def test_slices_apart_do_not_touch():
    chosen = cells((0, 2, 7), (1, 2, 0), slices=2)
    found = regions(chosen, np.ones(chosen.shape), Grid((10, 12), AUDIO))
    assert [region.start for region in found] == [pytest.approx(10 * 5.12 + 4.48), pytest.approx(12 * 5.12)]


def test_the_strongest_comes_first():
    chosen = cells((0, 0, 0), (2, 5, 5))
    effects = np.zeros(chosen.shape)
    effects[0, 0, 0], effects[2, 5, 5] = 1.0, 2.0
    assert [region.effect for region in regions(chosen, effects, Grid((0, 1, 2), AUDIO))] == [2.0, 1.0]


def test_spans_are_seconds_over_all_frequencies():
    chosen = cells((0, 0, 1), (0, 7, 2), (2, 3, 0))
    first, second = spans(chosen, np.full(chosen.shape, 0.25), Grid((0, 1, 2), AUDIO))
    assert (first.start, first.end, first.effect) == (pytest.approx(0.64), pytest.approx(1.92), 0.5)
    assert (second.start, second.end) == (pytest.approx(10.24), pytest.approx(10.88))


def test_nothing_is_no_region():
    none = cells()
    assert regions(none, np.ones(none.shape), Grid((0, 1, 2), AUDIO)) == ()
    assert spans(none, np.ones(none.shape), Grid((0, 1, 2), AUDIO)) == ()


def test_edges_lie_between_the_bands():
    grid, centres = Grid((0,), AUDIO), band_centres(AUDIO)
    edges = grid.edges()
    assert edges[0] == 0
    assert edges[-1] == AUDIO.sample_rate / 2
    for row in range(1, 8):
        assert centres[32 * row - 1] < edges[row] < centres[32 * row]
        assert grid.height(edges[row]) == pytest.approx(row / 8)
