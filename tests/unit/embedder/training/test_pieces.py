from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embedder.training.augment import cut, together
from embedder.training.dataset import Example
from embedder.training.pieces import Pieces
from embedder.training.recipe import recipe_of
from embedder.training.tasks import Task

IMAGE = np.random.default_rng(0).uniform(0.2, 0.8, size=(256, 256)).astype(np.float32)
RECIPE = replace(recipe_of("kin", seed=1), batch=8, mixed=0.0)


@pytest.fixture
def songs(tmp_path):
    """Five songs of one slice each; song i's image holds nothing but i / 10."""
    made = []
    for i in range(5):
        np.save(tmp_path / f"{i}.npy", np.full((1, 256, 256), i / 10, np.float16))
        made.append(Example(corpus="c", genres=frozenset(), part="train", images=Path(tmp_path / f"{i}.npy"), slices=1))
    return made


@pytest.fixture
def taught():
    return {"artist": Task(np.eye(5, dtype=np.float32), np.array([1, 1, 1, 1, 0], np.float32))}


def test_each_song_drawn_is_heard_twice_with_its_own_targets(songs, taught):
    images, targets, weights = Pieces(songs, taught, replace(RECIPE, varied=False))[0]
    assert images.shape == (8, 256, 128, 1)
    heard = np.round(images[:, 0, 0, 0] * 10).astype(int)
    np.testing.assert_array_equal(heard[::2], heard[1::2])
    np.testing.assert_array_equal(targets["artist"].argmax(axis=1), heard)
    np.testing.assert_array_equal(weights["artist"], heard < 4)


def test_a_batch_depends_on_seed_epoch_and_place_only(songs, taught):
    one, same = Pieces(songs, taught, RECIPE), Pieces(songs, taught, RECIPE)
    np.testing.assert_array_equal(one[0][0], same[0][0])
    same.on_epoch_end()
    assert not np.array_equal(one[0][0], same[0][0])


def test_mixed_pieces_teach_by_their_shares(songs, taught):
    everyone = {"artist": Task(taught["artist"].targets, np.ones(5, np.float32))}
    _, targets, weights = Pieces(songs, everyone, replace(RECIPE, mixed=1.0))[0]
    np.testing.assert_allclose(targets["artist"].sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(weights["artist"], 1, rtol=1e-5)
    assert ((targets["artist"] > 0.01) & (targets["artist"] < 0.99)).any()


def test_a_song_without_the_label_teaches_it_by_the_other_ones_share(songs, taught):
    _, targets, weights = Pieces(songs, taught, replace(RECIPE, mixed=1.0))[0]
    told = weights["artist"] > 0
    np.testing.assert_allclose(targets["artist"][told].sum(axis=1), 1, rtol=1e-5)
    assert not targets["artist"][:, 4].any()


def test_two_equal_pieces_at_once_are_the_piece_again():
    np.testing.assert_allclose(together(IMAGE, IMAGE, 0.7), IMAGE, atol=1e-5)


def test_the_louder_piece_wins():
    loud, soft = np.full((4, 4), 0.9, np.float32), np.full((4, 4), 0.1, np.float32)
    np.testing.assert_allclose(together(loud, soft, 0.5), 0.9 + np.log10(0.5) / 8, atol=1e-4)
    np.testing.assert_array_equal(together(soft, loud, 0.5), together(loud, soft, 0.5))


def test_a_cut_is_unchanged():
    piece = cut(IMAGE, 100, np.random.default_rng(1))
    starts = [i for i in range(157) if np.array_equal(IMAGE[:, i : i + 100], piece)]
    assert len(starts) == 1
