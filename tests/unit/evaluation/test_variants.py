import numpy as np
import pytest

from embedder.split import SplitRule
from evaluation.evaluate import evaluate
from evaluation.variants import AS_SERVED, Reached, Variant, hubs, variants


def test_the_first_is_what_is_served(shop, other, rule):
    found = variants([shop, other], rule)
    assert found[0].name == AS_SERVED
    assert len(found) == 9
    for songs, reached in zip((shop, other), found[0].reached, strict=True):
        wanted = evaluate("m", songs.unseen(rule))["retrieval"]
        assert reached.collection == songs.name
        assert reached.artist_map == pytest.approx(wanted["artist"]["map"])
        assert reached.genre_p_at_1 == pytest.approx(wanted["genre"]["p_at_1"])
    assert all(np.isfinite([r.artist_map, r.skew]).all() for one in found for r in one.reached)


def test_collections_without_queries_are_left_out(shop, other):
    alone = other.chosen(range(0, 240, 4))  # a song an artist
    assert [r.collection for r in variants([shop, alone], SplitRule())[0].reached] == ["shop"]


def variant(*figures):
    return Variant(
        "x",
        tuple(Reached(collection="c", artist_p_at_1=0.5, artist_map=a, genre_p_at_1=g, skew=0) for a, g in figures),
    )


@pytest.mark.parametrize(
    ("figures", "wins"),
    [
        ([(0.53, 0.7), (0.33, 0.7)], True),
        ([(0.53, 0.7), (0.31, 0.7)], False),  # one collection only
        ([(0.53, 0.7), (0.33, 0.68)], False),  # at the cost of genres
        ([(0.50, 0.9), (0.30, 0.9)], False),
    ],
)
def test_a_variant_must_win_everywhere(figures, wins):
    assert variant(*figures).beats(variant((0.5, 0.7), (0.3, 0.7))) is wins


def test_hubs_are_counted_over_all_collections(shop, other):
    plain, *mended = hubs([shop, other])
    assert plain.songs == 480
    assert plain.most >= 10
    assert 0 <= plain.never <= 1
    assert {one.name for one in mended} == {"CSLS over the ten nearest", "mutual proximity"}
