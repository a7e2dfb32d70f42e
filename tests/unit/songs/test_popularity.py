import pytest
from hypothesis import given
from hypothesis import strategies as st

from songs.popularity import FEWEST, by_plays

RANKS = st.integers(FEWEST, 5000).flatmap(
    lambda counted: st.integers(1, counted).flatmap(
        lambda equal: st.tuples(st.integers(0, counted - equal), st.just(equal), st.just(counted))
    )
)


@given(RANKS)
def test_a_rank_lies_in_its_interval(rank):
    told = by_plays(*rank)
    assert 0 <= told.low <= told.value <= told.high <= 100
    assert told.source == "tag"


@pytest.mark.parametrize(
    ("below", "equal", "value"), [(0, 1, 0.5), (99, 1, 99.5), (0, 100, 50.0), (49, 2, 50.0), (20, 60, 50.0)]
)
def test_the_percentile_is_that_of_the_middle_rank(below, equal, value):
    assert by_plays(below, equal, 100).value == pytest.approx(value)


def test_the_interval_is_wilsons():
    """By hand: share 0.5 of 100, z 1.6449."""
    told = by_plays(49, 2, 100)
    assert (told.low, told.high) == (pytest.approx(41.88, abs=0.01), pytest.approx(58.12, abs=0.01))


def test_more_songs_tell_more():
    few, many = by_plays(5, 1, 11), by_plays(500, 1, 1001)
    assert few.value == pytest.approx(many.value)
    assert few.high - few.low > 5 * (many.high - many.low)


def test_too_few_tell_nothing():
    assert by_plays(3, 1, FEWEST - 1) is None
    assert by_plays(3, 1, FEWEST) is not None
