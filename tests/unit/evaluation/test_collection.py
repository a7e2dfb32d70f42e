import numpy as np

from embedder.split import SplitRule
from evaluation.collection import unseen
from songs.manifest import Row
from songs.song import Tags


def test_unseen_are_the_artists_that_taught_nothing(shop, rule):
    kept = unseen(shop.rows, rule)
    assert 0 < len(kept) < len(shop.rows)
    assert {rule.part(shop.rows[i].tags.artist) for i in kept} == {"test", "validation"}
    assert {rule.part(row.tags.artist) for i, row in enumerate(shop.rows) if i not in kept} == {"train"}
    fresh, taught = shop.unseen(rule), shop.taught(rule)
    np.testing.assert_array_equal(fresh.vectors, shop.vectors[kept])
    assert [one.tags.artist for one in fresh.rows] == [shop.rows[i].tags.artist for i in kept]
    assert len(fresh.slices) == len(kept)
    assert len(taught.rows) + len(fresh.rows) == len(shop.rows)


def test_nobody_and_everybody(shop):
    nameless = [Row(shop.rows[0].path, Tags()), Row(shop.rows[0].path, Tags(artist="Various Artists"))]
    assert unseen(nameless, SplitRule()) == []
    assert len(shop.unseen(SplitRule(test=(), validation=())).rows) == 0
    assert shop.unseen(SplitRule(test=(), validation=())).vectors.shape == (0, 128)
