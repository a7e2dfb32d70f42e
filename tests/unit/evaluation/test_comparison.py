from dataclasses import replace

import numpy as np
import pytest

from embedder.split import SplitRule
from evaluation.comparison import Contender, comparisons
from evaluation.evaluate import evaluate


def test_all_contenders_are_asked_about_the_same_songs(shop, rule):
    noise = np.random.default_rng(0).normal(size=shop.vectors.shape).astype(np.float32)
    (found,) = comparisons([Contender("deaf", [replace(shop, vectors=noise)]), Contender("m", [shop])], rule)
    chance, deaf, good = found.lines
    assert [line.name for line in found.lines] == ["chance", "deaf", "m"]
    wanted = evaluate("m", shop.unseen(rule))["retrieval"]
    assert good.artist_map == wanted["artist"]["map"]
    assert good.album_map == wanted["album"]["map"]
    assert good.genre_p_at_1 == wanted["genre"]["p_at_1"]
    assert deaf.artist_map == pytest.approx(chance.artist_map, abs=0.1)
    assert good.genre_probe > 0.9
    assert (chance.emotions, chance.liked) == (None, None)
    assert (found.songs, found.artists) == (len(shop.unseen(rule).rows), len(shop.unseen(rule).rows) / 4)


def test_a_collection_without_unheard_artists_is_left_out(shop):
    assert comparisons([Contender("m", [shop])], SplitRule(test=(), validation=())) == []
    assert comparisons([Contender("m", [shop.chosen(range(16))])], SplitRule()) == []
