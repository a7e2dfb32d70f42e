"""Songs, what is known of them, and what a model made of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from embedder.split import SplitRule
from songs.labels import Labels
from songs.manifest import Row
from songs.vectors import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """The songs of one manifest; all sequences in the same order."""

    name: str
    rows: Sequence[Row]
    vectors: Vectors  # (n, d)
    labels: Sequence[Labels]
    slices: Sequence[Vectors] = ()  # of every song (n_slices, d); empty where nobody asks for them

    def chosen(self, places: Sequence[int]) -> "Collection":
        """Return the songs at these places."""
        return Collection(
            self.name,
            [self.rows[i] for i in places],
            self.vectors[list(places)],
            [self.labels[i] for i in places],
            [self.slices[i] for i in places] if self.slices else (),
        )

    def unseen(self, rule: SplitRule) -> "Collection":
        """Return the songs whose artist taught nothing to a bundle with this rule."""
        return self.chosen(unseen(self.rows, rule))

    def taught(self, rule: SplitRule) -> "Collection":
        """Return the other songs: what is fitted before a measure is taken is fitted to these."""
        fresh = set(unseen(self.rows, rule))
        return self.chosen([i for i in range(len(self.rows)) if i not in fresh])


def unseen(rows: Sequence[Row], rule: SplitRule) -> list[int]:
    """Return the places of the rows whose artist is in the rule's test or validation part.

    Validation artists teach no weight, only when to stop and from where on to be sure. A row without an artist never
    counts as unseen.
    """
    return [i for i, row in enumerate(rows) if rule.part(row.tags.artist) != "train"]
