"""What seeds and parts of the recipe are worth: a table from a file that `make ablation` writes."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from songs.errors import InvalidManifest


@dataclass(frozen=True, slots=True)
class Row:
    """One recipe and what its trainings reached."""

    name: str
    what: str
    seeds: tuple[tuple[float, ...], ...]  # a training each, a number per metric


@dataclass(frozen=True, slots=True)
class Ablation:
    """Recipes side by side."""

    metrics: tuple[str, ...]
    rows: tuple[Row, ...]


def read(path: Path) -> Ablation | None:
    """Read ``{"metrics": [name], "rows": [{"name", "what", "seeds": [[number per metric], ...]}]}``.

    Returns ``None`` where there is no such file.

    Raises
    ------
    InvalidManifest
        Where the file is something else.
    """
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        metrics = tuple(str(name) for name in data["metrics"])
        rows = tuple(
            Row(str(row["name"]), str(row["what"]), tuple(tuple(map(float, one)) for one in row["seeds"]))
            for row in data["rows"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidManifest(str(path), f"is no table of ablations: {error!r}") from error
    if any(not row.seeds or any(len(one) != len(metrics) for one in row.seeds) for row in rows):
        raise InvalidManifest(str(path), "has a row without seeds, or of another length than its metrics")
    return Ablation(metrics, rows)


def shown(table: Ablation) -> list[str]:
    """Return the table as Markdown: mean, with the standard deviation over seeds where there are several."""
    return [
        f"| recipe | what | seeds | {' | '.join(table.metrics)} |",
        f"|---|---|---|{'---|' * len(table.metrics)}",
        *(_row(row) for row in table.rows),
    ]


def _row(row: Row) -> str:
    reached = np.array(row.seeds, dtype=np.float64)
    means = reached.mean(axis=0)
    if len(reached) > 1:
        spreads = reached.std(axis=0, ddof=1)
        cells = [f"{mean:.3f} ± {spread:.3f}" for mean, spread in zip(means, spreads, strict=True)]
    else:
        cells = [f"{mean:.3f}" for mean in means]
    return f"| {row.name} | {row.what} | {len(reached)} | {' | '.join(cells)} |"
