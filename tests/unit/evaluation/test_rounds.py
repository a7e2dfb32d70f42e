"""Figures of several rounds are averaged; a difference is taken within its round."""

import pytest

from embedder.split import ROUNDS
from evaluation.comparison import Comparison, Line
from evaluation.rounds import MEASURES, Round, crossed


def line(name, value, liked=None):
    return Line(
        name=name, artist_p_at_1=value, artist_map=value, album_map=None, genre_p_at_1=value, genre_probe=value,
        emotions=value, liked=liked,
    )  # fmt: skip


def made(model, plain, ours, liked=None, names=("shop",)):
    lines = (line("chance", 0.1), line("plain", plain), line(model, ours, liked))
    return Round(model, ROUNDS[0], [Comparison(name, 10, 5, 8, lines) for name in names])


def test_mean_and_spread():
    plain, ours, gained = crossed([made("a", 0.2, 0.5), made("b", 0.4, 0.6), made("c", 0.6, 0.7)])
    assert [one.contender for one in (plain, ours, gained)] == ["plain baseline", "this recipe", "difference"]
    assert {one.songs for one in (plain, ours, gained)} == {30}
    told = plain.measures["artist MAP"]
    assert (told.mean, told.deviation, told.rounds) == pytest.approx((0.4, 0.2, 3))
    told = gained.measures["artist MAP"]
    assert (told.mean, told.deviation) == pytest.approx((0.2, 0.1))
    assert set(plain.measures) == set(MEASURES)


def test_what_one_round_alone_tells_has_no_spread():
    _, ours, gained = crossed([made("a", 0.2, 0.5, liked=0.3), made("b", 0.4, 0.6)])
    assert ours.measures["liked r"] is None
    assert ours.measures["album MAP"] is None
    assert gained.measures["liked r"] is None


def test_a_collection_that_a_round_lacks_is_left_out():
    found = crossed([made("a", 0.2, 0.5, names=("shop", "other")), made("b", 0.4, 0.6)])
    assert {one.collection for one in found} == {"shop"}
    assert crossed([]) == []
