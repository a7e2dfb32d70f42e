"""Labels go to JSON and back without loss, and survive other versions."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songs.labels import Choice, Feature, Interval, Labels, Popularity

NUMBERS = st.none() | st.floats(-1e6, 1e6)
SURE = st.floats(-1e6, 1e6)
NAMES = st.text(max_size=8)
CHOICES = st.builds(
    Choice,
    value=st.none() | NAMES,
    uncertain=st.booleans(),
    confidence=NUMBERS,
    probabilities=st.dictionaries(NAMES, st.floats(0, 1), max_size=4),
)
INTERVALS = st.builds(Interval, value=NUMBERS, low=NUMBERS, high=NUMBERS)
LABELS = st.builds(
    Labels,
    genre=CHOICES,
    mood=CHOICES,
    emotions=st.dictionaries(NAMES, st.floats(0, 1), max_size=4),
    valence=INTERVALS,
    arousal=INTERVALS,
    quadrant=CHOICES,
    cluster=CHOICES,
    popularity=st.just(Popularity()) | st.builds(Popularity, value=NUMBERS, low=SURE, high=SURE, source=NAMES),
    features=st.dictionaries(
        NAMES, st.builds(Feature, value=NUMBERS | st.integers(), confidence=NUMBERS, source=NAMES), max_size=4
    ),
)


@given(LABELS)
def test_to_json_and_back(labels):
    assert Labels.from_json(json.loads(json.dumps(labels.as_json()))) == labels


@pytest.mark.parametrize("missing", ["low", "high", "source"])
def test_no_popularity_without_its_interval_and_source(missing):
    with pytest.raises(ValueError, match="interval"):
        Popularity(**{"value": 50.0, "low": 20.0, "high": 80.0, "source": "model"} | {missing: None})


def test_nothing_was_measured_yet():
    empty = Labels.from_json({})
    assert empty == Labels()
    assert empty.genre == Choice(value=None, uncertain=True, confidence=None, probabilities={})
    assert empty.popularity.source is None


@given(LABELS)
def test_keys_of_a_later_version_are_left_out_at_every_level(labels):
    data = labels.as_json()
    data["key"] = {"value": "C"}
    for part in ("genre", "valence", "popularity"):
        data[part]["since"] = 2
    for feature in data["features"].values():
        feature["unit"] = "dB"
    assert Labels.from_json(data) == labels


def test_the_shape_is_the_promised_one():
    assert set(Labels().as_json()) == {
        "genre", "mood", "emotions", "valence", "arousal", "quadrant", "cluster", "popularity", "features",
    }  # fmt: skip
    assert set(Labels().as_json()["genre"]) == {"value", "uncertain", "confidence", "probabilities"}
    assert set(Labels().as_json()["valence"]) == {"value", "low", "high"}
    assert set(Labels().as_json()["popularity"]) == {"value", "low", "high", "source"}
