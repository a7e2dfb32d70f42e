import numpy as np
import pytest

from embedder.explain.occlusion import effects


def test_the_planted_cell_matters_most(song):
    found = effects(song)
    assert np.unravel_index(found.argmax(), found.shape) == (2, 5, 3)


def test_an_effect_is_what_the_song_loses(song):
    found = effects(song)
    cells = np.zeros(song.shape, bool)
    cells[2, 5, 3] = True
    assert found[2, 5, 3] == pytest.approx(song() - song.without([cells])[0], abs=1e-9)
    # other bands are not read at all
    assert np.abs(np.delete(found, 5, axis=1)).max() < 1e-7


def test_a_head_that_reads_nothing_has_no_effects(deaf_song):
    assert not effects(deaf_song).any()
