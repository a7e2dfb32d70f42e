import pytest

from embedder.measures import genre_figures
from songs.labels import Choice


def said(value, *, uncertain=False):
    return Choice(value=value, uncertain=uncertain, confidence=0.5)


def test_by_hand():
    told = [said("rock"), said("pop"), said("jazz", uncertain=True), said("rock")]
    truths = [frozenset({"rock", "pop"}), frozenset({"rock"}), frozenset({"jazz"}), frozenset({"rock"})]
    figures = genre_figures(told, truths)
    assert figures["songs"] == 4
    assert figures["accuracy"] == 0.75
    assert figures["base_rate"] == 0.75
    assert figures["answered"] == 0.75
    assert figures["accuracy_when_answered"] == pytest.approx(2 / 3)
    assert figures["recall"]["rock"] == {"songs": 3, "recall": pytest.approx(2 / 3)}
    assert figures["recall"]["pop"] == {"songs": 1, "recall": 0.0}


def test_nothing_answered():
    assert genre_figures([said("pop", uncertain=True)], [frozenset({"pop"})])["accuracy_when_answered"] is None
