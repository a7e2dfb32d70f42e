"""``soundkin evaluate``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from cli.catalogue import bundle_folder
from cli.console import print_json, print_table, remark
from cli.listening import listen
from cli.place import HomeOption, JsonOption, Place, place
from embedder import bundle
from evaluation.evaluate import Collection, evaluate
from evaluation.report import page
from songs.manifest import Row, read
from songs.vectors import DIMENSIONS


def command(
    manifests: Annotated[list[Path], typer.Argument(metavar="MANIFEST...", help="CSVs with path, artist, genre ...")],
    unseen: Annotated[bool, typer.Option("--unseen", help="Only artists that the model never heard.")] = False,
    write: Annotated[Path | None, typer.Option(metavar="PAGE", help="Write a Markdown page instead.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> int:
    """Measure how well neighbours share artist, album and genre, and how often the labels are right.

    Example: soundkin evaluate catalogue.csv --json
    """
    here = place(home)
    facts = bundle.verify(bundle_folder(here))
    tables = [{str(row.path): row for row in read(manifest)} for manifest in manifests]
    songs = [_heard(here, path.parent.name, rows) for path, rows in zip(manifests, tables, strict=True)]
    status = 1 if sum(len(one.rows) for one in songs) < sum(map(len, tables)) else 0
    if write is not None:
        write.write_text(page(facts.model, facts.split, songs), encoding="utf-8")
        return status
    chosen = [one.unseen(facts.split) for one in songs] if unseen else songs
    figures = [evaluate(facts.model, one) for one in chosen]
    if json:
        print_json(figures[0] if len(figures) == 1 else figures)
        return status
    for one, table in zip(chosen, figures, strict=True):
        _print(one.name, table)
    return status


def _heard(here: Place, name: str, rows: Mapping[str, Row]) -> Collection:
    """Listen to a manifest's songs; one that fails is named on stderr and left out."""
    kept = [one for one in listen(here, list(rows)) if one.listened is not None]
    heard = [one.listened.heard for one in kept if one.listened is not None]
    vectors = np.array([one.embedding.vector for one in heard], dtype=np.float32).reshape(-1, DIMENSIONS)
    return Collection(name, [rows[one.path] for one in kept], vectors, [one.labels for one in heard])


def _print(name: str, figures: dict[str, Any]) -> None:
    remark(f"{name}: {figures['songs']} songs, {figures['model']}")
    print_table(
        ("shared", "queries", "P@1", "R@5", "MAP"),
        [
            (key, str(row["queries"]), f"{row['p_at_1']:.3f}", f"{row['r_at_5']:.3f}", f"{row['map']:.3f}")
            for key, row in figures["retrieval"].items()
        ],
    )
