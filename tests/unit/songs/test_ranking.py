from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songs.labels import Popularity
from songs.ranking import TOLD_APART, Ranking, above, rank

VALUES = st.floats(0, 100)
SONGS = st.builds(
    lambda value, below, over: Popularity(value, max(0.0, value - below), min(100.0, value + over), "model"),
    VALUES, st.floats(0, 60), st.floats(0, 60),
)  # fmt: skip


def song(value, half=20.0):
    return Popularity(value, value - half, value + half, "model")


@given(SONGS, SONGS)
def test_one_is_above_the_other_or_the_other_above_the_one(one, other):
    assert above(one, other) + above(other, one) == pytest.approx(1)


@given(st.lists(SONGS, max_size=12))
def test_an_order_holds_every_song_once_and_falls(songs):
    ranking = rank(songs)
    assert sorted(ranking.order) == list(range(len(songs)))
    values = [songs[place].value for place in ranking.order]
    assert values == sorted(values, reverse=True)
    assert all(0.5 <= pair.probability <= 1 for pair in ranking.pairs)
    assert len(ranking.pairs) == len(songs) * (len(songs) - 1) // 2
    assert [(step.higher, step.lower) for step in ranking.steps] == list(pairwise(ranking.order))
    assert ranking.within_noise == any(step.probability < TOLD_APART for step in ranking.steps)
    assert ranking.sentence


@given(st.lists(st.sampled_from([10.0, 50.0, 90.0]), max_size=8))
def test_equal_songs_stay_as_they_were_given(values):
    order = rank([song(value) for value in values]).order
    for a, b in pairwise(order):
        assert values[a] > values[b] or a < b


@given(SONGS, st.floats(0.1, 5))
def test_wider_intervals_are_surer_of_nothing(one, factor):
    other = song(one.value + 10, 30)
    wider = song(one.value + 10, 30 * (1 + factor))
    assert above(other, one) >= above(wider, one) - 1e-12


def test_probability_of_a_difference():
    # two deviations of 20 / 1.645 = 12.16 each: 17.19 together; 17.19 apart is one of them
    assert above(song(67.19), song(50.0)) == pytest.approx(0.8413, abs=2e-4)
    assert above(song(50.0), song(50.0)) == 0.5


def test_an_interval_that_was_cut_off_at_the_end_is_as_wide_as_its_longer_half():
    cut = Popularity(95.0, 65.0, 100.0, "model")
    assert above(cut, song(60.0)) == pytest.approx(above(Popularity(95.0, 65.0, 125.0, "model"), song(60.0)))


def test_without_any_width_the_value_decides():
    assert above(song(51.0, 0.0), song(50.0, 0.0)) == 1.0
    assert above(song(50.0, 0.0), song(51.0, 0.0)) == 0.0
    assert above(song(50.0, 0.0), song(50.0, 0.0)) == 0.5


@pytest.mark.parametrize("songs", [[], [song(40.0)]])
def test_one_song_is_in_order(songs):
    ranking = rank(songs)
    assert ranking == Ranking(tuple(range(len(songs))), ())
    assert not ranking.within_noise
    assert ranking.sentence == "there is nothing to order"


@pytest.mark.parametrize(
    ("songs", "within_noise", "said"),
    [
        ([song(90.0, 5.0), song(50.0, 5.0), song(10.0, 5.0)], False, "each song is above the next"),
        ([song(50.0), song(52.0), song(51.0)], True, "even the first song is above the last with a probability"),
        ([song(90.0, 5.0), song(10.0, 5.0), song(11.0, 5.0)], True, "within noise at 1 of 2 steps"),
    ],
)  # fmt: skip
def test_one_sentence_says_it(songs, within_noise, said):
    ranking = rank(songs)
    assert ranking.within_noise is within_noise
    assert said in ranking.sentence


def test_what_nobody_told_is_not_ranked():
    with pytest.raises(ValueError, match="interval"):
        rank([song(50.0), Popularity()])
