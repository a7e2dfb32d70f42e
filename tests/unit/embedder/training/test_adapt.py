import numpy as np
import pytest

from embedder import bundle
from embedder.training import adapt
from embedder.training.adapt import Tagged, fitted, judge, score

KEYS = [frozenset({f"artist {i // 4}"}) for i in range(80)]


def shop(noise, seed=0):
    """Songs of 20 artists around the artist's own point, and noise in the first directions only."""
    random = np.random.default_rng(seed)
    centres = np.repeat(random.normal(size=(20, 32)), 4, axis=0)
    loud = np.concatenate([np.full(6, noise), np.full(26, 0.3)])
    return Tagged(centres + random.normal(size=(80, 32)) * loud + 1.0, {"artist": KEYS, "genre": [frozenset()] * 80})


def test_directions_in_which_an_artists_songs_differ_count_less():
    songs = shop(noise=5.0)
    verdict = judge(songs, seed=1)
    assert verdict.better
    assert verdict.after > verdict.before + 0.1
    change = fitted(songs, 0.7)
    lengths = np.linalg.norm(change.matrix, axis=0)
    assert lengths[:6].max() < lengths[6:].min()


def test_where_nothing_is_to_be_gained_it_says_so():
    random = np.random.default_rng(2)
    verdict = judge(Tagged(random.normal(size=(80, 32)), {"artist": KEYS}), seed=1)
    assert verdict.halves == adapt.HALVES
    assert not verdict.better


@pytest.mark.parametrize("keys", [[], [frozenset()] * 6, [frozenset({str(i)}) for i in range(6)]])
def test_too_few_tags_are_no_ground(keys):
    verdict = judge(Tagged(np.ones((len(keys), 8)), {"artist": keys}), seed=1)
    assert (verdict.halves, verdict.better) == (0, False)


def test_the_middle_alone_moves_where_nothing_relates_songs():
    x = np.random.default_rng(3).normal(size=(30, 8)) + 4
    change = fitted(Tagged(x, {"artist": [frozenset()] * 30}), 0.5)
    moved = change(x)
    np.testing.assert_allclose(moved.mean(axis=0), 0, atol=1e-9)
    assert np.linalg.norm(moved) == pytest.approx(np.linalg.norm(x))
    off = change.matrix - np.diag(np.diag(change.matrix))
    np.testing.assert_allclose(off, 0, atol=1e-9)


def test_the_score_is_the_mean_over_tags_that_relate_songs():
    x = np.eye(4)[[0, 0, 1, 1]]
    near = [frozenset("a"), frozenset("a"), frozenset("b"), frozenset("b")]
    far = [frozenset("a"), frozenset("b"), frozenset("a"), frozenset("b")]
    assert score(x, {"artist": near, "album": [frozenset()] * 4}) == 1.0
    assert score(x, {"artist": near, "album": far}) == pytest.approx((1 + score(x, {"album": far})) / 2)


def test_a_written_bundle_maps_vectors_and_keeps_its_labels(tmp_path, parts):
    bundle.save(parts(), tmp_path / "old")
    old = bundle.load(tmp_path / "old")
    images = np.random.default_rng(5).uniform(size=(6, 256, 256)).astype(np.float32)
    before = old.network(images).astype(np.float64)
    songs = Tagged(np.random.default_rng(6).normal(size=(40, 128)) + before.mean(axis=0), {"artist": KEYS[:40]})
    change = fitted(songs, 0.8)
    facts = adapt.apply(old, change, songs, tmp_path / "new")
    new = bundle.load(tmp_path / "new")
    assert facts.model == new.model != old.model
    np.testing.assert_allclose(new.network(images), change(before), rtol=1e-3, atol=1e-4)
    np.testing.assert_array_equal(new.network.hear(images)[1], old.network.hear(images)[1])
    song = images[:1]
    assert new.heads(new.network.hear(song)[1][0]) == old.heads(old.network(song)[0])
    assert (new.path / "LICENSE").read_bytes() == (old.path / "LICENSE").read_bytes()
    assert old.model in (new.path / "card.md").read_text()
    assert new.facts.calibration is not None


def test_an_adapted_bundle_is_adapted_again(tmp_path, parts):
    bundle.save(parts(), tmp_path / "old")
    songs = Tagged(np.random.default_rng(6).normal(size=(40, 128)), {"artist": KEYS[:40]})
    change = fitted(songs, 0.8)
    adapt.apply(bundle.load(tmp_path / "old"), change, songs, tmp_path / "once")
    once = bundle.load(tmp_path / "once")
    adapt.apply(once, change, songs, tmp_path / "twice")
    images = np.random.default_rng(5).uniform(size=(6, 256, 256)).astype(np.float32)
    heard = once.network(images).astype(np.float64)
    twice = bundle.load(tmp_path / "twice").network
    np.testing.assert_array_equal(twice.hear(images)[1], once.network.hear(images)[1])
    np.testing.assert_allclose(bundle.load(tmp_path / "twice").network(images), change(heard), rtol=1e-3, atol=1e-3)
