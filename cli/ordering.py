"""Songs in the order of a label, as a table and as JSON."""

from collections.abc import Sequence
from typing import Any

import typer

from cli.console import print_json, print_line, print_table
from cli.labelling import between
from cli.listening import Heard
from songs.labels import Labels
from songs.ranking import Ranking, rank

RANKABLE = ("popularity",)


def rankable(label: str | None) -> str | None:
    """Return the label that ``--rank`` names; raises typer.BadParameter for one that has no order."""
    if label is None or label in RANKABLE:
        return label
    raise typer.BadParameter(f"{label!r} cannot be ranked; what can: {', '.join(RANKABLE)}", param_hint="--rank")


def show_order(heard: Sequence[Heard], entries: Sequence[dict[str, Any]], *, json: bool) -> None:
    """Print the songs that were heard, most popular first, and how far their order can be relied on.

    Parameters
    ----------
    entries : sequence of dict
        What ``label --json`` says of each of ``heard``.

    Raises
    ------
    typer.BadParameter
        Songs were heard, but the model tells no popularity.
    """
    told = [(one, entry) for one, entry in zip(heard, entries, strict=True) if one.listened is not None]
    labels = [one.listened.heard.labels for one, _ in told if one.listened is not None]
    if any(one.popularity.value is None for one in labels):
        raise typer.BadParameter("this model tells no popularity", param_hint="--rank")
    ranking = rank([one.popularity for one in labels])
    paths = [one.path for one, _ in told]
    if json:
        silent = [entry for one, entry in zip(heard, entries, strict=True) if one.listened is None]
        print_json(_as_json(ranking, paths, [entry for _, entry in told], silent))
        return
    print_table(("#", "popularity", "90 % interval", "source", "above the next", "file"), _rows(ranking, paths, labels))
    print_line(ranking.sentence)


def _as_json(
    ranking: Ranking, paths: Sequence[str], entries: Sequence[dict[str, Any]], failed: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    pairs = [
        {
            "higher": paths[pair.higher],
            "lower": paths[pair.lower],
            "probability": pair.probability,
            "within_noise": pair.within_noise,
        }
        for pair in ranking.pairs
    ]
    return {
        "label": "popularity",
        "order": [paths[place] for place in ranking.order],
        "within_noise": ranking.within_noise,
        "sentence": ranking.sentence,
        "pairs": pairs,
        "songs": [entries[place] for place in ranking.order] + list(failed),
    }


def _rows(ranking: Ranking, paths: Sequence[str], labels: Sequence[Labels]) -> list[tuple[str, ...]]:
    steps = {step.higher: step for step in ranking.steps}
    rows: list[tuple[str, ...]] = []
    for number, place in enumerate(ranking.order, start=1):
        told, step = labels[place].popularity, steps.get(place)
        sure = "" if step is None else f"{step.probability:.0%}" + (" (noise)" if step.within_noise else "")
        interval = between(told.low, told.high, 0)
        rows.append((str(number), f"{told.value:.0f}", interval, told.source or "", sure, paths[place]))
    return rows
