"""Train a bundle: from manifests to a folder that `embedder.bundle.load` accepts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from embedder import bundle
from embedder.calibration import Calibration
from embedder.heads.heads import Heads
from embedder.runtime import Network
from embedder.split import ROUNDS, SplitRule
from embedder.training import figures, judge, recipe
from embedder.training.card import Training, card
from embedder.training.dataset import Progress
from embedder.training.heads.teaching import Judged, fit_heads, own_heads
from embedder.training.lesson import Lesson, lesson_of
from embedder.training.taught import Taught, taught
from songs.vectors import DIMENSIONS

PACKAGES = ("keras", "numpy", "onnx", "onnxruntime", "scipy", "soundfile", "soxr", "tensorflow", "tf2onnx")

OWN_TERMS = (
    "These weights were trained on recordings chosen by whoever trained them; their terms decide what may be done "
    "with the weights. The code that trained them is Apache-2.0 and adds nothing to that."
)


def untold(stage: str, done: float) -> None:
    """Tell nobody how far training is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be trained, and where it goes."""

    manifests: Sequence[Path]  # at least one; rows without a genre teach ``kin`` what else they say, ``seed`` nothing
    out: Path  # folder of the bundle, which is named after it; an older bundle there is replaced
    cache: Path  # folder of slices (131 kB each), networks and evidence: what was done is not done again
    report: Path | None = None  # folder for curves.png, confusion.png, metrics.json, labels.json and card.md
    judged: Path | None = None  # folder of the first round's bundle; the others': beside it, with -2 and -3 at the end
    architecture: str = "kin"
    seed: int = 1  # of everything random; each further round counts on
    epochs: int | None = None  # at most so many; None: the recipe's own number
    rounds: Sequence[SplitRule] = ROUNDS  # who is held back in turn, where bundles are judged; the first is the default
    terms: str = OWN_TERMS  # text of the bundle's LICENSE


def train(order: Order, progress: Progress = untold) -> dict[str, Any]:
    """Train on manifests and write a bundle.

    With ``judged``, bundles that are measured on unseen artists go there, one for each of ``rounds`` and with a
    seed of its own, and the same recipe is taught once more to all songs: more artists are better artists, and what the
    recipe is worth is known from the others.

    Parameters
    ----------
    order : Order
    progress : callable
        Told a stage and how much of it is done, 0 to 1.

    Returns
    -------
    metrics : dict
        ``model``, ``genres``, ``threshold``, ``calibration``, ``epochs``, ``validation`` and ``test`` (see
        ``judge.figures``; ``None`` where the split leaves no songs there), ``corpora`` (the test figures of each); with
        ``judged`` also the models of those bundles (the figures are of the first) and ``labels``, see
        ``heads.figures``: what heads are worth for artists that their network never heard, over all rounds.

    Raises
    ------
    InvalidManifest
        A manifest that cannot be read, or too little in it to learn from.
    """
    chosen = recipe.recipe_of(order.architecture, order.seed, order.epochs)
    lesson = lesson_of(order.manifests, order.cache, chosen, progress)
    network = taught(lesson, order.cache, progress)
    verdict = _judged(network, lesson, order.cache, progress)
    metrics, history, heads = _metrics(verdict, network, lesson), network.history, verdict.heads
    if order.judged is not None:
        first = _bundled(order.judged, (lesson, network, verdict), heads, metrics, order.terms)
        others, known = _rounds(lesson, order.judged, order, progress)
        metrics["judged"] = [first.model, *others]
        known, lesson = [Judged(network.graph, lesson.split), *known], lesson.whole(history)
        network = taught(lesson, order.cache, progress)
        heads, metrics["labels"] = fit_heads(known, network.graph, lesson.used, order.cache, progress)
    made = _bundled(order.out, (lesson, network, verdict), heads, metrics, order.terms)
    metrics = {"model": made.model, **metrics}
    if order.report is not None:
        about = (order.out / bundle.CARD).read_text(encoding="utf-8")
        _write_report(order.report, metrics, history, verdict, about)
    return metrics


def _rounds(lesson: Lesson, judged: Path, order: Order, progress: Progress) -> tuple[list[str], list[Judged]]:
    """Teach the recipe with other artists held back, and bundle each beside the first; return models and networks."""
    models, networks = [], []
    for number, split in enumerate(order.rounds[1:], start=2):
        other, told = lesson.holding_back(split, lesson.recipe.seed + number - 1), _of_round(progress, number)
        network = taught(other, order.cache, told)
        verdict = _judged(network, other, order.cache, told)
        folder, metrics = judged.with_name(f"{judged.name}-{number}"), _metrics(verdict, network, other)
        models.append(_bundled(folder, (other, network, verdict), verdict.heads, metrics, order.terms).model)
        networks.append(Judged(network.graph, split))
    return models, networks


def _of_round(progress: Progress, number: int) -> Progress:
    return lambda stage, done: progress(f"{stage}, round {number}", done)


def _bundled(
    folder: Path, done: tuple[Lesson, Taught, "_Judged"], heads: Heads, metrics: dict[str, Any], terms: str
) -> bundle.Facts:
    lesson, taught, verdict = done
    about = card(
        Training(
            name=folder.name, recipe=lesson.recipe, audio=lesson.audio, split=lesson.split, used=lesson.used,
            names=lesson.names, history=taught.history, metrics=metrics, terms=terms,
        )
    )  # fmt: skip
    made = bundle.Parts(
        name=folder.name, architecture=lesson.recipe.architecture, audio=lesson.audio, dimensions=DIMENSIONS,
        split=lesson.split, versions={name: version(name) for name in PACKAGES}, network=taught.graph, heads=heads,
        card=about, license=terms, calibration=verdict.calibration,
    )  # fmt: skip
    return bundle.save(made, folder)


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """What the network answers for songs that it was not taught with."""

    heads: Heads  # made honest on the validation songs
    calibration: Calibration | None  # likewise
    validation: list[judge.Answer]
    test: list[judge.Answer]


def _judged(taught: Taught, lesson: Lesson, cache: Path, progress: Progress) -> _Judged:
    network = Network(taught.graph)
    heads = own_heads(Judged(taught.graph, lesson.split), lesson.used, cache, progress)
    checked = judge.answers(network, heads, lesson.part("validation"))
    tested = judge.answers(network, heads, lesson.part("test"))
    return _Judged(heads, judge.calibration(checked), checked, tested)


def _metrics(judged: _Judged, taught: Taught, lesson: Lesson) -> dict[str, Any]:
    corpora = sorted({example.corpus for example in lesson.named})
    return {
        "genres": lesson.names,
        "threshold": judged.heads.genre.threshold if judged.heads.genre else None,
        "calibration": judged.calibration.as_json() if judged.calibration else None,
        "epochs": len(taught.history["loss"]),
        "validation": judge.figures(judged.validation),
        "test": judge.figures(judged.test),
        "corpora": {
            corpus: judge.figures([answer for answer in judged.test if answer.example.corpus == corpus])
            for corpus in corpora
        },
    }


def _write_report(folder: Path, metrics: dict[str, Any], history: recipe.History, judged: _Judged, about: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    figures.draw_curves(history, folder / "curves.png")
    figures.draw_confusion(judged.test or judged.validation, metrics["genres"], folder / "confusion.png")
    if "labels" in metrics:
        (folder / "labels.json").write_text(json.dumps(metrics["labels"], indent=1) + "\n")
    (folder / "metrics.json").write_text(json.dumps({**metrics, "history": history}, indent=2) + "\n")
    (folder / "card.md").write_text(about)
