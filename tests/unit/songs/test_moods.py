import pytest
from hypothesis import given
from hypothesis import strategies as st

from songs.manifest import EMOTIONS as SCALES
from songs.moods import CLUSTERS, EMOTIONS, MOODS, QUADRANTS, WORDS, shares

ANY = st.sampled_from(["Joyous", "sad", "Menacing", "Literate", "", "polka"])


@pytest.mark.parametrize(
    ("columns", "likeliest"),
    [
        ({"moods": "Joyous; Cheerful", "quadrant": "Q1"}, "Happy"),
        ({"moods": "Joyous"}, "Happy"),
        ({"moods": "Calm; Peaceful", "quadrant": "Q4"}, "Relaxing"),
        ({"quadrant": "Q3"}, "Dark"),
        ({"quadrant": "Q2", "moods": "Hostile; Harsh; Volatile"}, "Aggressive"),
        ({"cluster": "5", "category": "Agressive"}, "Aggressive"),
        ({"cluster": "1", "category": "Rousing"}, "Energetic"),
        ({"cluster": "1", "category": "Confident"}, "Energetic"),
        ({"cluster": "3", "category": "Brooding"}, "Dark"),
        ({"joyful_activation": "0.7", "power": "0.1", "calmness": "0.1"}, "Happy"),
        ({"calmness": "0.7", "tenderness": "0.6", "tension": "0.1"}, "Relaxing"),
    ],
)
def test_what_a_row_tells(columns, likeliest):
    told = shares(columns)
    assert max(told, key=told.get) == likeliest


@pytest.mark.parametrize(
    "columns",
    [
        {}, {"moods": "Literate"}, {"cluster": "4", "category": "Witty"}, {"cluster": "3", "category": "Wistful"},
        {"quadrant": "Q5"}, {"calmness": "much"}, {"calmness": "nan"}, {"power": "0"}, {"artist": "Happy"},
    ],
)  # fmt: skip
def test_what_tells_nothing(columns):
    assert shares(columns) is None


def test_a_word_of_two_moods_speaks_for_both():
    assert shares({"moods": "Menacing"}) == pytest.approx(dict.fromkeys(MOODS, 0) | {"Dark": 0.5, "Aggressive": 0.5})


@given(st.dictionaries(st.sampled_from(["moods", "category", "quadrant", "cluster", *SCALES]), ANY))
def test_shares_are_shares(columns):
    told = shares(columns)
    assert told is None or (set(told) == set(MOODS) and sum(told.values()) == pytest.approx(1))


def test_the_tables_speak_of_what_there_is():
    assert set(WORDS) == set(MOODS)
    for words in WORDS.values():
        assert len(set(words)) == len(words)
        assert all(word == word.casefold().strip() for word in words)
    for table in (QUADRANTS, CLUSTERS, EMOTIONS):
        assert all(set(told) <= set(MOODS) for told in table.values())
    assert set(EMOTIONS) <= set(SCALES)
    assert all(sum(told.values()) == pytest.approx(1) for told in (*QUADRANTS.values(), *CLUSTERS.values()))
