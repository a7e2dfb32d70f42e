"""Are the labels right? Against what a manifest says of its songs."""

from collections.abc import Sequence
from typing import Any

from embedder.measures import genre_figures
from songs.labels import Labels
from songs.manifest import Row
from songs.vocabulary import genres


def label_figures(labels: Sequence[Labels], rows: Sequence[Row]) -> dict[str, Any]:
    """Return ``{"genre": figures}`` over the songs whose genre the manifest says; empty where it says none.

    The figures are those of ``embedder.measures.genre_figures``. A genre that the bundle was never taught counts too:
    it is told wrong every time.
    """
    known = [(one.genre, named) for one, row in zip(labels, rows, strict=True) if (named := genres(row.tags.genre))]
    if not known:
        return {}
    return {"genre": genre_figures([choice for choice, _ in known], [named for _, named in known])}
