import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedder.split import ROUNDS, SplitRule, artist_key

RULE = SplitRule()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Coasters", "Coasters"),
        ("Björk", "BJORK"),
        ("Simon & Garfunkel", "simon and  garfunkel"),
        ("AC/DC", "AC DC"),
        ("Jay-Z feat. Alicia Keys", "Jay Z"),
        ("Jay-Z (ft. Alicia Keys)", "jay-z featuring somebody else"),
        ("Sammy Davis; Jr.", "Sammy Davis, Jr."),
    ],
)
def test_spellings_of_one_artist(one, other):
    assert artist_key(one) == artist_key(other)
    assert RULE.part(one) == RULE.part(other)


@pytest.mark.parametrize(
    "name", [None, "", "  ", "Various Artists", "various", "VA", "Unknown artist", "Magnatune Compilation", "!!"]
)
def test_nobody_is_training_data(name):
    assert artist_key(name) is None
    assert RULE.part(name) == "train"


@pytest.mark.parametrize("name", ["The The", "The", "Featherweight", "椎名林檎", "Compilationists", "Variousness"])
def test_names_that_only_look_odd(name):
    assert artist_key(name)


def test_artists_are_told_apart():
    assert len({artist_key(name) for name in ("Air", "Aire", "The Aim", "Aimee Mann", "Beck")}) == 5


def test_the_rule_as_it_is_written_down():
    for name in ("madonna", "metallica", "miles davis", "nina simone", "prince"):
        fold = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 5
        assert RULE.part(name) == {0: "test", 1: "validation"}.get(fold, "train")


def test_parts_have_the_sizes_that_they_should():
    parts = [RULE.part(f"artist number {i}") for i in range(5000)]
    assert parts.count("test") == pytest.approx(1000, abs=100)
    assert parts.count("validation") == pytest.approx(1000, abs=100)


@given(st.text())
def test_any_name_has_one_part_and_a_stable_key(name):
    key = artist_key(name)
    assert RULE.part(name) in {"train", "validation", "test"}
    assert key is None or RULE.part(key) == RULE.part(name) or key.startswith("the ")


def test_json_goes_and_comes_back():
    rule = SplitRule(folds=7, test=(2, 3), validation=())
    assert SplitRule.from_json(rule.as_json()) == rule
    with pytest.raises(ValueError, match="rule"):
        SplitRule.from_json(rule.as_json() | {"rule": "alphabetically"})


def test_the_rounds_hold_everybody_back_once():
    held = [fold for rule in ROUNDS for fold in (*rule.test, *rule.validation)]
    assert sorted(set(held)) == list(range(RULE.folds))
    assert ROUNDS[0] == RULE
    assert sorted(fold for rule in ROUNDS for fold in rule.test) == [0, 2, 4]
