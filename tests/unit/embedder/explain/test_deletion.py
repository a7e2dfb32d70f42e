import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedder.explain.deletion import deletion, matched, strongest
from embedder.explain.occlusion import effects
from embedder.explain.song import ScoredSong


def test_the_planted_region_stands_out_among_patches_as_loud(song):
    found = deletion(song, effects(song))
    assert found.cells[2, 5, 3]
    assert found.check.stands_out
    assert found.check.p <= 0.05
    assert found.check.drop > 2 * found.check.random_mean
    assert found.check.sets >= 50
    assert found.check.energy_ratio == pytest.approx(1, abs=0.25)


def test_a_head_that_reads_nothing_claims_nothing(deaf_song):
    found = deletion(deaf_song, effects(deaf_song))
    assert not found.check.stands_out
    assert not found.cells.any()


def test_effects_that_are_noise_claim_nothing():
    """Scores that change with every hearing: cells look strong, but not together."""
    random = np.random.default_rng(1)
    images = random.uniform(0, 1, (4, 256, 256)).astype(np.float32)
    ps = []
    for _ in range(20):
        song = ScoredSong.listen(images, lambda x: x.mean(axis=(1, 2))[:, None], lambda _: float(random.normal()))
        ps.append(deletion(song, effects(song)).check.p)
    assert sum(p <= 0.05 for p in ps) <= 4  # one is expected; five by chance in 400 runs


def test_the_same_song_gets_the_same_answer(song):
    found = effects(song)
    assert deletion(song, found).check == deletion(song, found).check


def test_strongest_leaves_out_what_speaks_against():
    values = np.full((1, 8, 8), -1.0)
    values[0, 3, 3] = 2.0
    assert strongest(values).sum() == 1
    assert strongest(np.arange(64.0).reshape(1, 8, 8)).sum() == 6
    assert not strongest(np.zeros((1, 8, 8))).any()


@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_random_sets_have_the_size_and_nearly_the_energy(seed, slices):
    random = np.random.default_rng(seed)
    energy = random.gamma(2.0, 1.0, (slices, 8, 8))
    cells = strongest(random.normal(size=energy.shape))
    sets = matched(cells, energy, 30, random)
    assert {one.sum() for one in sets} == {cells.sum()}
    assert np.mean([energy[one].sum() for one in sets]) == pytest.approx(energy[cells].sum(), rel=0.35)


def test_random_sets_hold_none_of_the_cells():
    energy = np.arange(640.0).reshape(10, 8, 8)
    cells = strongest(energy)
    assert not any((one & cells).any() for one in matched(cells, energy, 20, np.random.default_rng(0)))
