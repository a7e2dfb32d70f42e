"""``soundkin evaluate``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from cli.catalogue import bundle_folder
from cli.console import print_json, print_table, remark
from cli.extras import load
from cli.listening import listen
from cli.place import HomeOption, JsonOption, Place, place
from embedder import bundle
from evaluation.collection import Collection
from evaluation.evaluate import evaluate
from songs.errors import InvalidManifest
from songs.manifest import Row, read
from songs.vectors import DIMENSIONS
from worker.listener import Listener


def command(
    manifests: Annotated[list[Path], typer.Argument(metavar="MANIFEST...", help="CSVs with path, artist, genre ...")],
    unseen: Annotated[bool, typer.Option("--unseen", help="Only artists that the model never heard.")] = False,
    own: Annotated[
        Path | None,
        typer.Option("--bundle", metavar="DIR", help="Bundle to judge (SOUNDKIN_BUNDLE; else the shipped)."),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Probes, robustness, post-processing, calibration as well, as JSON.")
    ] = False,
    write: Annotated[
        Path | None, typer.Option(metavar="PAGE", help="All of that as a Markdown page, with pictures beside it.")
    ] = None,
    beside: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="With --full or --write: compare with this bundle, too.")
    ] = None,
    rounds: Annotated[
        list[Path] | None,
        typer.Option("--round", metavar="DIR", help="With --full or --write: the recipe with other artists held back."),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> int:
    """Measure how well neighbours share artist, album and genre, and how often the labels are right.

    Example: soundkin evaluate catalogue.csv --json
    """
    here = place(home, bundle=own)
    tables = [{str(row.path): row for row in read(manifest)} for manifest in manifests]
    names = _names(manifests)
    if full or write is not None:
        return _judge(here, dict(zip(names, tables, strict=True)), (beside or [], rounds or []), write)
    facts = bundle.verify(bundle_folder(here))
    songs = [_heard(here, name, rows) for name, rows in zip(names, tables, strict=True)]
    status = 1 if sum(len(one.rows) for one in songs) < sum(map(len, tables)) else 0
    chosen = [one.unseen(facts.split) for one in songs] if unseen else songs
    if unseen and not any(one.rows for one in chosen):
        raise InvalidManifest(", ".join(names), "names no artist that the bundle never heard")
    figures = [evaluate(facts.model, one) for one in chosen]
    if json:
        print_json(figures[0] if len(figures) == 1 else figures)
        return status
    for one, table in zip(chosen, figures, strict=True):
        _print(one.name, table)
    return status


def _judge(
    here: Place,
    tables: Mapping[str, Mapping[str, Row]],
    bundles: tuple[list[Path], list[Path]],
    write: Path | None,
) -> int:
    beside, rounds = bundles
    judging = load("cli.judging", "train")  # scikit-learn and matplotlib are not for everybody who evaluates
    given = [judging.Table(name, list(rows.values())) for name, rows in tables.items()]
    judged = judging.judge(here, given, bundle_folder(here), beside, rounds)
    if write is not None:
        judging.write(judged, write)
    else:
        print_json(judged.found.as_json())
    return 1 if judged.failed else 0


def _names(manifests: Sequence[Path]) -> list[str]:
    """Return the folders of the manifests; of two in folders of one name, the whole paths."""
    names = [manifest.parent.name for manifest in manifests]
    return [
        name if names.count(name) == 1 else str(path) for name, path in zip(names, map(str, manifests), strict=True)
    ]


def _heard(here: Place, name: str, rows: Mapping[str, Row]) -> Collection:
    """Listen to a manifest's songs; one that fails is named on stderr and left out."""
    kept = [one for one in listen(here, list(rows), Listener.embed) if one.listened is not None]
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
