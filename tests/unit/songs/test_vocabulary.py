"""One vocabulary, whatever a file says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songs.vocabulary import ALIASES, GENRES, genres, left_open


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Rock", {"rock"}),
        ("  JAZZ  ", {"jazz"}),
        ("Hip-Hop", {"rap"}),
        ("R&B", {"r&b"}),
        ("Pop/Rock", {"pop", "rock"}),
        ("rock; pop", {"rock", "pop"}),
        ("Techno|House , Heavy Metal", {"electronic", "metal"}),
        ("Electro Rock", {"electronic", "rock"}),
        ("polka", set()),
        ("polka; jazz", {"jazz"}),
        ("rocky", set()),
        ("", set()),
        (" ; ,", set()),
        (None, set()),
    ],
)
def test_what_a_tag_names(written, found):
    assert genres(written) == found


@pytest.mark.parametrize("name", GENRES)
def test_every_genre_names_itself(name):
    assert genres(name.upper()) == {name}


def test_aliases_lead_into_the_vocabulary_and_hide_nothing():
    assert len(set(GENRES)) == len(GENRES)
    for alias, names in ALIASES.items():
        assert alias == alias.casefold().strip()
        assert alias not in GENRES
        assert names
        assert set(names) <= set(GENRES)
        assert genres(alias) == set(names)


@given(st.text(max_size=60))
def test_any_text_names_only_genres_of_ours(text):
    assert genres(text) <= set(GENRES)


@given(st.lists(st.sampled_from([*GENRES, *ALIASES, "polka"]), max_size=5), st.sampled_from([";", " ; ", ",", "|"]))
def test_several_names_are_the_union_of_each(names, separator):
    assert genres(separator.join(names)) == frozenset().union(*map(genres, names))


@pytest.mark.parametrize(
    ("written", "unsure"),
    [
        ("Pop/Rock", {"pop", "rock"}),
        ("Jazz; Pop/Rock", {"pop", "rock"}),
        ("Pop/Rock; Rock", {"pop"}),
        ("Rock; Pop", set()),
        (None, set()),
    ],
)
def test_what_a_tag_leaves_open(written, unsure):
    assert left_open(written) == unsure
    assert left_open(written) <= genres(written)
