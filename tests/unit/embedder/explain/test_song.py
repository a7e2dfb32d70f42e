import numpy as np
import pytest

from embedder.explain.song import CELLS, ScoredSong, single_cells


def brightness(images):
    return images.mean(axis=(1, 2))[:, None]


def noise(n=3, seed=0):
    return np.random.default_rng(seed).uniform(0, 1, (n, 256, 256)).astype(np.float32)


def test_nothing_deleted_is_the_song_itself(song):
    nothing = np.zeros(song.shape, bool)
    assert song.without([nothing, nothing]) == pytest.approx([song(), song()], abs=1e-7)


def test_everything_deleted_is_the_mean_of_each_band(song):
    (score,) = song.without([np.ones(song.shape, bool)])
    assert score == pytest.approx(float(song.bands[160:192].mean()), abs=1e-6)


def test_what_is_deleted_is_the_cell_and_nothing_else():
    seen = []

    def hear(images):
        seen.append(images.copy())
        return brightness(images)

    images = noise()
    song = ScoredSong.listen(images, hear, lambda evidence: float(evidence[0]))
    cells = np.zeros(song.shape, bool)
    cells[1, 2, 7] = True  # the third band from below, the last 0.64 s
    song.without([cells])
    (changed,) = seen[-1]
    rows, columns = slice(64, 96), slice(224, 256)
    np.testing.assert_allclose(
        changed[rows, columns], np.repeat(images.mean(axis=(0, 2))[rows, None], 32, 1), atol=1e-6
    )
    changed[rows, columns] = images[1, rows, columns]
    np.testing.assert_array_equal(changed, images[1])


def test_sets_are_scored_one_by_one_in_batches_that_hold_several():
    song = ScoredSong.listen(noise(), brightness, lambda evidence: float(evidence[0]))
    sets = list(single_cells(song.shape))[:40]
    told = []
    together = song.without(sets, told.append)
    assert together == pytest.approx([song.without([one])[0] for one in sets])
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) == 3


def test_energy_is_what_a_deletion_changes():
    images = noise()
    song = ScoredSong.listen(images, brightness, lambda evidence: float(evidence[0]))
    energy = song.energy()
    assert energy.shape == (3, CELLS, CELLS)
    assert energy.sum() == pytest.approx(float(np.square(images - song.bands).sum()), rel=1e-5)
    flat = ScoredSong.listen(np.full((1, 256, 256), 0.5, np.float32), brightness, lambda _: 0.0)
    assert flat.energy().max() == 0
