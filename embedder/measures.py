"""How right a head is, counted over songs."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from songs.labels import Choice


def genre_figures(told: Sequence[Choice], truths: Sequence[frozenset[str]]) -> dict[str, Any]:
    """Compare what was told of songs with the genres that they have.

    Parameters
    ----------
    told, truths : sequences of n, n >= 1
        A song is told right where the likeliest name is one of its genres (each has at least one).

    Returns
    -------
    figures : dict, JSON-ready
        ``songs``; ``accuracy``; ``base_rate``: what always saying the commonest genre would reach; ``answered``: share
        of songs whose genre is not uncertain; ``accuracy_when_answered`` (``None`` where nothing was); ``recall``:
        for every genre how many ``songs`` have it and which share of them was told to be it.
    """
    right = np.array([choice.value in truth for choice, truth in zip(told, truths, strict=True)])
    sure = np.array([not choice.uncertain for choice in told])
    recall = {}
    for name in sorted(set().union(*truths)):
        said = [choice.value == name for choice, truth in zip(told, truths, strict=True) if name in truth]
        recall[name] = {"songs": len(said), "recall": float(np.mean(said))}
    return {
        "songs": len(told),
        "accuracy": float(right.mean()),
        "base_rate": max(entry["songs"] for entry in recall.values()) / len(told),
        "answered": float(sure.mean()),
        "accuracy_when_answered": float(right[sure].mean()) if sure.any() else None,
        "recall": recall,
    }
