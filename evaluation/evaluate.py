"""The figures of one collection, as ``soundkin evaluate --json`` prints them."""

from typing import Any

from evaluation.collection import Collection
from evaluation.labels import label_figures
from evaluation.retrieval import retrieval_figures


def evaluate(model: str, songs: Collection) -> dict[str, Any]:
    """Return ``{"model", "songs", "retrieval": {...}, "labels": {...}}``, JSON-ready.

    Parameters
    ----------
    model : str
        Version that made vectors and labels.
    songs : Collection
        Neighbours are looked for among these songs only.
    """
    return {
        "model": model,
        "songs": len(songs.rows),
        "retrieval": retrieval_figures(songs.vectors, songs.rows),
        "labels": label_figures(songs.labels, songs.rows),
    }
