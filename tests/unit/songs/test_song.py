"""Tags fill each other's gaps."""

from hypothesis import given
from hypothesis import strategies as st

from songs.song import Tags

TEXT = st.none() | st.text(min_size=1, max_size=5)
TAGS = st.builds(
    Tags,
    title=TEXT,
    artist=TEXT,
    album=TEXT,
    genre=TEXT,
    year=st.none() | st.integers(0, 3000),
    track=st.none() | st.integers(0, 99),
    isrc=TEXT,
    sku=TEXT,
    collection=TEXT,
    plays=st.none() | st.floats(0, 1e9),
    metadata=st.dictionaries(st.sampled_from("abc"), st.text(max_size=3)),
)


@given(TAGS)
def test_nothing_over_something_is_something(tags):
    assert Tags().over(tags) == tags
    assert tags.over(Tags()) == tags
    assert tags.over(tags) == tags


@given(TAGS, TAGS, TAGS)
def test_the_order_of_filling_does_not_matter(first, second, third):
    assert first.over(second).over(third) == first.over(second.over(third))


@given(TAGS, TAGS)
def test_what_one_says_wins(upper, lower):
    both = upper.over(lower)
    for name in Tags.__dataclass_fields__:
        if name == "metadata":
            continue
        said = getattr(upper, name)
        assert getattr(both, name) == (getattr(lower, name) if said is None else said)
    assert dict(both.metadata) == {**lower.metadata, **upper.metadata}


def test_zero_plays_and_year_zero_are_something():
    assert Tags(plays=0.0, year=0, track=0).over(Tags(plays=5.0, year=5, track=5)) == Tags(plays=0.0, year=0, track=0)
