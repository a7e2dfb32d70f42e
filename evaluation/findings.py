"""Everything that is measured of a bundle, in one value: the page shows it, ``--full --json`` prints it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embedder.bundle import Facts
from evaluation.cache import Cache
from evaluation.collection import Collection, unseen
from evaluation.comparison import Comparison, Contender, comparisons
from evaluation.evaluate import evaluate
from evaluation.examples import Example, examples
from evaluation.labels import label_figures
from evaluation.postprocessing import evening
from evaluation.probes import CorpusProbe, Robustness, changed_vectors, corpus_probes, robustness, sample
from evaluation.progress import Progress
from evaluation.reliability import Reliability, reliability
from evaluation.retrieval import chance_figures
from evaluation.rounds import Crossed, Round, crossed
from evaluation.variants import Hubs, Variant, hubs, variants
from songs.vectors import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """The bundle that is judged, and what it made of the collections (with the vectors of slices)."""

    folder: Path
    facts: Facts
    collections: Sequence[Collection]
    rounds: Sequence[Round] = ()  # the same recipe with other artists held back

    @property
    def fresh(self) -> list[Collection]:
        """Return the songs of artists that taught it nothing; collections without any are left out."""
        rule = self.facts.split
        return [asked for songs in self.collections if (asked := songs.unseen(rule)).rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Figures only; ``as_json`` makes plain data of them."""

    model: str
    shipped: str  # version of the bundle that comes with the package
    shipped_heard_all: bool  # whether no artist was kept from the shipped one
    test: tuple[int, ...]  # folds that were used for nothing
    validation: tuple[int, ...]  # folds that chose thresholds
    folds: int
    comparisons: Sequence[Comparison]
    rounds: Sequence[Crossed]  # empty where the recipe was taught once only
    unseen: Mapping[str, Mapping[str, Any]]  # collection -> evaluate(), and "chance"
    everything: Mapping[str, Mapping[str, Any]]  # the same over all songs, training songs among them
    genre_by_part: Mapping[str, Mapping[str, Any]]  # collection -> "test", "validation" -> label_figures()
    corpus_probes: Mapping[str, Sequence[CorpusProbe]]  # contender -> its probes
    robustness: Sequence[Robustness]
    originals: int  # songs among which the own original was to be the nearest
    variants: Sequence[Variant]
    hubs: Sequence[Hubs]
    reliability: Reliability | None
    examples: Sequence[Example]

    def as_json(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and numbers."""
        return asdict(self)


def findings(
    subject: Subject, others: Sequence[Contender], shipped: Facts, cache: Cache, progress: Progress
) -> Findings:
    """Measure a bundle beside others.

    Parameters
    ----------
    subject : Subject
        Measured in full.
    others : sequence of Contender
        For the comparison and the corpus probe only; with the same songs in the same order.
    shipped : Facts
        Of the bundle that comes with the package, to be told apart from the one that is judged.
    cache : Cache
        Of changed songs, whose hearing takes longest.
    progress : callable
        Told a stage and how much of it is done.
    """
    rule, model, fresh = subject.facts.split, subject.facts.model, subject.fresh
    changed = _robustness(subject, cache, progress)
    progress("measuring", 0.0)
    contenders = [*others, Contender(model, subject.collections)]
    compared = comparisons(contenders, rule)
    progress("measuring", 0.5)
    found = Findings(
        model=model,
        shipped=shipped.model,
        shipped_heard_all=not shipped.split.test and not shipped.split.validation,
        test=rule.test,
        validation=rule.validation,
        folds=rule.folds,
        comparisons=compared,
        rounds=crossed([_own_round(subject, compared, others), *subject.rounds]) if subject.rounds else [],
        unseen={songs.name: _figures(model, songs) for songs in fresh},
        everything={songs.name: _figures(model, songs) for songs in subject.collections},
        genre_by_part=_genre_by_part(subject),
        corpus_probes={one.name: corpus_probes([s.unseen(rule) for s in one.collections]) for one in contenders},
        robustness=changed,
        originals=sum(len(songs.rows) for songs in subject.collections),
        variants=variants(subject.collections, rule),
        hubs=hubs(subject.collections),
        reliability=reliability(fresh),
        examples=examples(fresh),
    )
    progress("measuring", 1.0)
    return found


def _own_round(subject: Subject, compared: Sequence[Comparison], others: Sequence[Contender]) -> Round:
    """Return what was compared already, down to chance, the first other contender (the baseline) and the subject."""
    kept = [replace(one, lines=(*one.lines[: 1 + len(others[:1])], one.lines[-1])) for one in compared]
    return Round(subject.facts.model, subject.facts.split, kept)


def _figures(model: str, songs: Collection) -> dict[str, Any]:
    return {**evaluate(model, songs), "chance": chance_figures(songs.rows)}


def _robustness(subject: Subject, cache: Cache, progress: Progress) -> list[Robustness]:
    samples = [sample(songs) for songs in subject.fresh]
    owns: list[Vectors] = []
    changed: list[dict[str, Vectors]] = []
    for songs in samples:
        places, vectors = changed_vectors(songs, subject.folder, cache, progress)
        if places:
            owns.append(songs.vectors[places])
            changed.append(vectors)
    if not owns:
        return []
    together = {name: np.concatenate([one[name] for one in changed]) for name in changed[0]}
    return robustness(together, np.concatenate(owns), np.concatenate([s.vectors for s in subject.collections]))


def _genre_by_part(subject: Subject) -> dict[str, dict[str, Any]]:
    rule = subject.facts.split
    found = {}
    for songs in subject.fresh:
        parts = [rule.part(row.tags.artist) for row in songs.rows]
        found[songs.name] = {
            part: label_figures([songs.labels[i] for i in places], [songs.rows[i] for i in places])
            for part in ("test", "validation")
            if (places := [i for i, own in enumerate(parts) if own == part])
        }
    return found


def plain_baseline(name: str, subject: Subject, statistics: Sequence[npt.NDArray[np.float64]]) -> Contender:
    """Return the baseline of standardised and whitened statistics, fitted to the subject's training songs.

    Parameters
    ----------
    name : str
        Of the line in the table.
    subject : Subject
        Whose songs and whose split are used.
    statistics : sequence of np.ndarray, shape=(n, d)
        Of the songs of each collection.
    """
    known = np.concatenate(
        [own[_taught(songs, subject)] for songs, own in zip(subject.collections, statistics, strict=True)]
    )
    mean, spread = known.mean(axis=0), known.std(axis=0) + 1e-6
    even = evening((known - mean) / spread, 1.0)
    made = [((own - mean) / spread) @ even for own in statistics]
    collections = [replace(s, vectors=own, slices=()) for s, own in zip(subject.collections, made, strict=True)]
    return Contender(name, collections)


def _taught(songs: Collection, subject: Subject) -> list[int]:
    fresh = set(unseen(songs.rows, subject.facts.split))
    return [i for i in range(len(songs.rows)) if i not in fresh]
