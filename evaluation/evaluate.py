"""The figures of one collection, as ``soundkin evaluate --json`` prints them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from embedder.split import SplitRule
from evaluation.labels import label_figures
from evaluation.retrieval import retrieval_figures
from songs.labels import Labels
from songs.manifest import Row
from songs.vectors import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """Songs, what is known of them, and what a model made of them; all three in the same order."""

    name: str
    rows: Sequence[Row]
    vectors: Vectors  # (n, 128)
    labels: Sequence[Labels]

    def unseen(self, rule: SplitRule) -> "Collection":
        """Return the songs whose artist a bundle with this rule has never heard."""
        kept = unseen(self.rows, rule)
        return Collection(self.name, [self.rows[i] for i in kept], self.vectors[kept], [self.labels[i] for i in kept])


def unseen(rows: Sequence[Row], rule: SplitRule) -> list[int]:
    """Return the places of the rows whose artist is in the rule's test part; a row without an artist never is."""
    return [i for i, row in enumerate(rows) if rule.part(row.tags.artist) == "test"]


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
