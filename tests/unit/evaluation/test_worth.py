"""Figures of labels become tables; what was not measured has no line."""

import json

import pytest

from evaluation import worth
from songs.errors import InvalidManifest

FIGURES = {
    "songs": 12,
    "emotions": {"mean": {"value": 0.5, "error": 0.1, "n": 10}, "each": {}},
    "genre": {
        "accuracy": {"value": 0.75, "error": 0.05, "n": 12},
        "reliability": [{"songs": 12, "told": 0.7, "right": 0.75}],
        "corpora": {},
    },
    "abstention": {"cluster": {"threshold": 1.0, "answered": 0.0, "wrong": None}},
    "features": {"liveness": {"r": {"value": 0.01, "error": 0.1, "n": 9}, "error": 0.2, "error_of_the_median": 0.1}},
    "abroad": [
        {"genre": "jazz", "taught": "a", "asked": "b", "songs": 5, "area": 0.9, "told": 0.2, "true": 0.4,
         "calibration_error": 0.2}
    ],
}  # fmt: skip


def test_tables():
    text = "\n".join(worth.shown(FIGURES))
    assert "| emotions: mean r of nine | 0.500 ± 0.100 | 10 | .60 |" in text
    assert "| genre: likeliest is right, all | 0.750 ± 0.050 | 12 | - |" in text
    assert "Emotify" not in text, "not measured"
    assert "| genre | 12 | 0.700 | 0.750 |" in text
    assert "| cluster | 1.000 | 0.0 % | - |" in text
    assert "| liveness | 0.010 ± 0.100 | 0.200 | 0.100 |" in text
    assert "| jazz | a | b | 5 | 0.900 | 0.200 | 0.400 | 0.200 |" in text


def test_what_listeners_felt_stands_beside_their_agreement():
    found = {"songs": 9, "emotions": {"each": {"tension": {"value": 0.6, "error": 0.1, "n": 9}}}}
    assert "| tension | 0.600 | 0.800 | 75.0 % |" in worth.shown(found, {"tension": 0.8})
    assert not any("ceiling" in line for line in worth.shown(found))


def test_nothing_was_measured(tmp_path):
    assert worth.read(tmp_path / "labels.json") is None
    assert worth.shown({"songs": 0})[0].startswith("| label |")


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_another_file(tmp_path, text):
    (tmp_path / "labels.json").write_text(text)
    with pytest.raises(InvalidManifest):
        worth.read(tmp_path / "labels.json")


def test_what_training_wrote_is_read(tmp_path):
    (tmp_path / "labels.json").write_text(json.dumps(FIGURES))
    assert worth.read(tmp_path / "labels.json") == FIGURES
