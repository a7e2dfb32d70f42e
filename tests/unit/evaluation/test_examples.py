from dataclasses import replace

import numpy as np

from evaluation.examples import examples, named
from songs.manifest import Row
from songs.song import Tags


def test_neighbours_are_the_nearest_others_with_what_they_share(shop):
    found = examples([shop], each=3)
    assert len(found) == 3  # among songs that lie around their artist there is no failure
    names = [named(row) for row in shop.rows]
    for one in found:
        asked = names.index(one.song)
        scores = shop.vectors @ shop.vectors[asked]
        scores[asked] = -1
        assert [names.index(near.song) for near in one.neighbours] == list(np.argsort(-scores)[:3])
        assert one.neighbours[0].same == ("artist", "genre")
    assert examples([shop], each=3) == found


def test_a_failure_is_shown(shop):
    noise = np.random.default_rng(0).normal(size=shop.vectors.shape).astype(np.float32)
    found = examples([replace(shop, vectors=noise)], each=1)
    assert [one.failed for one in found][1:] == [True]
    assert not any(near.same for near in found[1].neighbours)


def test_too_few_songs_show_nothing_and_a_file_without_tags_has_a_name(shop):
    assert examples([shop.chosen(range(3))]) == []
    assert named(Row(shop.rows[0].path, Tags())) == "shop0"
