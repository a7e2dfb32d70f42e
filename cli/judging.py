"""The whole evaluation, for ``soundkin evaluate --full`` and ``--write``; it needs the extra ``train``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cli.console import remark, stages
from cli.extras import load
from cli.listening import listen
from cli.place import Place
from embedder import bundle
from evaluation import ablation, listeners, pictures, worth
from evaluation.cache import Cache
from evaluation.collection import Collection
from evaluation.comparison import Contender, comparisons
from evaluation.findings import Findings, Subject, findings, plain_baseline
from evaluation.hearing import Hearing, Hearings
from evaluation.progress import Progress
from evaluation.report import Enclosed, page
from evaluation.rounds import Round
from songs.errors import InvalidManifest, MissingExtra
from songs.manifest import Row
from songs.vectors import DIMENSIONS
from worker.listener import Listener

FIGURES, PARTS = "figures", "parts"  # folders beside the page
ABLATION, CURVES, LABELS, TRIED = "ablation.json", "curves.png", "labels.json", "tried.md"


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found, and of what."""

    subject: Subject
    found: Findings
    failed: int  # rows that could not be heard
    ceilings: Mapping[str, float]  # how far listeners agree, where a manifest has their ratings beside it


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one manifest."""

    name: str
    rows: Sequence[Row]


def judge(
    here: Place, tables: Sequence[Table], folder: Path, beside: Sequence[Path], rounds: Sequence[Path] = ()
) -> Judged:
    """Hear all songs with a bundle and those beside it, and measure; what takes long is kept in the home.

    ``rounds``: folders of the same recipe's bundles that had other artists held back.

    Raises
    ------
    InvalidManifest
        Where no song can be heard, or none is of an artist that the bundle never heard.
    """
    cache = Cache(here.home.root / "evaluation")
    heard = {one: _collections(here, tables, one, cache) for one in (folder, *beside)}
    subject = Subject(folder, bundle.verify(folder), _common(heard[folder], heard.values()))
    if not subject.fresh:
        raise InvalidManifest(", ".join(one.name for one in tables), "names no artist that the bundle never heard")
    rivals = [Contender(_named(one, subject), _common(heard[one], heard.values())) for one in beside]
    with stages() as show:
        plain = _baseline(subject, cache, show)
        shipped = bundle.verify(bundle.shipped())
        others = [_round(here, tables, one, cache, show) for one in rounds] if plain else []
        found = findings(replace(subject, rounds=others), [*plain, *rivals], shipped, cache, show)
    heard_songs = sum(len(songs.rows) for songs in subject.collections)
    return Judged(subject, found, sum(len(one.rows) for one in tables) - heard_songs, _ceilings(tables))


def _ceilings(tables: Sequence[Table]) -> dict[str, float]:
    """Read the ratings beside the manifests; of two tables the first one tells."""
    folders = dict.fromkeys(row.path.parent for table in tables for row in table.rows[:1])
    found = [listeners.ceilings(folder / listeners.RATINGS) for folder in folders
             if (folder / listeners.RATINGS).is_file()]  # fmt: skip
    return {name: value for told in reversed(found) for name, value in told.items()}


def _round(here: Place, tables: Sequence[Table], folder: Path, cache: Cache, show: Progress) -> Round:
    """Measure a bundle beside a baseline that was fitted to the songs that taught it."""
    facts = bundle.verify(folder)
    other = Subject(folder, facts, _collections(here, tables, folder, cache))
    contenders = [*_baseline(other, cache, show), Contender(facts.model, other.collections)]
    return Round(facts.model, facts.split, comparisons(contenders, facts.split))


def write(judged: Judged, path: Path) -> None:
    """Write the page, and its pictures into ``figures`` beside it."""
    folder = path.parent / FIGURES
    fresh, reliability = judged.subject.fresh, judged.found.reliability
    mapped = pictures.draw_map(fresh, folder / "map.png")
    known = pictures.draw_confusion(fresh, folder / "confusion.png")
    if reliability is not None:
        pictures.draw_reliability(reliability, folder / "reliability.png")
    tried = path.parent / PARTS / TRIED
    labels = worth.read(folder / LABELS)
    sure = labels is not None and pictures.draw_labels(labels, folder / "labels.png")
    enclosed = Enclosed(
        map=f"{FIGURES}/map.png" if mapped else None,
        confusion=f"{FIGURES}/confusion.png" if known else None,
        reliability=f"{FIGURES}/reliability.png" if reliability else None,
        curves=f"{FIGURES}/{CURVES}" if (folder / CURVES).exists() else None,
        ablation=ablation.read(folder / ABLATION),
        labels=labels,
        sureness=f"{FIGURES}/labels.png" if sure else None,
        ceilings=judged.ceilings,
        tried=tried.read_text(encoding="utf-8") if tried.exists() else "",
    )
    path.write_text(page(judged.found, enclosed), encoding="utf-8")


def _collections(here: Place, tables: Sequence[Table], folder: Path, cache: Cache) -> list[Collection]:
    hearings = Hearings(cache, bundle.verify(folder).model)
    own = replace(here, settings=replace(here.settings, bundle=folder))
    return [_collection(own, table, hearings) for table in tables]


def _collection(here: Place, table: Table, hearings: Hearings) -> Collection:
    """Hear what was not heard before; a song that fails is named on stderr and left out."""
    known: dict[str, Hearing] = {}
    for row in table.rows:
        before = hearings.known(row.path) if row.path.is_file() else None
        if before is not None:
            known[str(row.path)] = before
    missing = [path for row in table.rows if (path := str(row.path)) not in known]
    for one in listen(here, missing, Listener.embed) if missing else ():
        if one.listened is not None:
            known[one.path] = hearings.keep(Path(one.path), one.listened.heard)
    rows = [row for row in table.rows if str(row.path) in known]
    made = [known[str(row.path)] for row in rows]
    vectors = np.array([one.vector for one in made], dtype=np.float32).reshape(-1, DIMENSIONS)
    return Collection(table.name, rows, vectors, [one.labels for one in made], [one.slices for one in made])


def _common(own: Sequence[Collection], everybody: Iterable[Sequence[Collection]]) -> list[Collection]:
    """Return the songs that every bundle could hear, so that all are asked about the same."""
    both = [{row.path for row in songs[0].rows}.intersection(*({row.path for row in one.rows} for one in songs))
            for songs in zip(*everybody, strict=True)]  # fmt: skip
    return [
        songs.chosen([i for i, row in enumerate(songs.rows) if row.path in kept])
        for songs, kept in zip(own, both, strict=True)
    ]


def _named(folder: Path, subject: Subject) -> str:
    """Return the version of a bundle, and a warning where songs that are asked about have taught it."""
    facts, rows = bundle.verify(folder), [row for songs in subject.fresh for row in songs.rows]
    taught = any(facts.split.part(row.tags.artist) == "train" for row in rows)
    return f"{facts.model} (taught with some of these)" if taught else facts.model


def _baseline(subject: Subject, cache: Cache, show: Progress) -> list[Contender]:
    try:
        module = load("evaluation.baseline", "dev")
    except MissingExtra as error:
        remark(f"the plain baseline is left out: {error}")
        return []
    sizes = [len(songs.rows) for songs in subject.collections]
    paths = [row.path for songs in subject.collections for row in songs.rows]
    statistics = np.split(module.all_statistics(paths, cache, show), np.cumsum(sizes)[:-1])
    return [plain_baseline(module.NAME, subject, statistics)]
