"""Train a bundle: from manifests to a folder that `embedder.bundle.load` accepts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from embedder import bundle
from embedder.calibration import Calibration
from embedder.heads import GenreHead
from embedder.runtime import Network
from embedder.training import export, figures, judge, recipe
from embedder.training.card import Training, card
from embedder.training.dataset import Progress, load_images
from embedder.training.lesson import Lesson, lesson_of, network
from songs.vectors import Vector, Vectors

PACKAGES = ("keras", "numpy", "onnx", "onnxruntime", "scipy", "soundfile", "soxr", "tensorflow", "tf2onnx")
SAMPLE = 64  # songs whose slices the exported network is compared on

OWN_TERMS = (
    "These weights were trained on recordings chosen by whoever trained them; their terms decide what may be done "
    "with the weights. The code that trained them is Apache-2.0 and adds nothing to that."
)


def untold(stage: str, done: float) -> None:
    """Tell nobody how far training is."""


def train(  # noqa: PLR0913 - a command's options, each by name
    manifests: Sequence[Path],
    out: Path,
    report: Path | None = None,
    *,
    cache: Path,
    seed: int = 1,
    epochs: int | None = None,
    architecture: str = "kin",
    judged: Path | None = None,
    terms: str = OWN_TERMS,
    progress: Progress = untold,
) -> dict[str, Any]:
    """Train on manifests and write a bundle named after the folder ``out``.

    With ``judged``, the bundle that was measured on unseen artists goes there, and the same recipe is taught once more
    to all songs: more artists are better artists, and what the recipe is worth is known from the first.

    Parameters
    ----------
    manifests : sequence of Path
        At least one; rows without a genre of the vocabulary teach ``kin`` what else they say, and ``seed`` nothing.
    out : Path
        Folder of the bundle; an older bundle there is replaced.
    report : Path, optional
        Folder for ``curves.png``, ``confusion.png``, ``metrics.json`` and ``card.md``.
    epochs : int, optional
        At most so many; else the recipe's own number.
    cache : Path
        Folder for images of slices (131 kB each); may be used again and deleted.
    terms : str
        Text of the bundle's LICENSE.
    progress : callable
        Told a stage and how much of it is done, 0 to 1.

    Returns
    -------
    metrics : dict
        ``model``, ``genres``, ``threshold``, ``calibration``, ``epochs``, ``validation`` and ``test`` (see
        ``judge.figures``; ``None`` where the split leaves no songs there), ``corpora`` (the test figures of each); with
        ``judged`` also the model of that bundle, which the figures are of.

    Raises
    ------
    InvalidManifest
        A manifest that cannot be read, or too little in it to learn from.
    """
    chosen = recipe.recipe_of(architecture, seed, epochs)
    lesson = lesson_of(manifests, cache, chosen, progress)
    taught = _taught(lesson, progress)
    verdict = _judged(taught, lesson)
    metrics, history = _metrics(verdict, taught, lesson), taught.history
    if judged is not None:
        metrics["judged"] = _bundled(judged, (lesson, taught, verdict), metrics, terms).model
        lesson = lesson.whole(history)
        taught = _taught(lesson, progress)
    metrics = {"model": _bundled(out, (lesson, taught, verdict), metrics, terms).model, **metrics}
    if report is not None:
        _write_report(report, metrics, history, verdict, (out / bundle.CARD).read_text(encoding="utf-8"))
    return metrics


def _bundled(
    folder: Path, done: tuple[Lesson, "_Taught", "_Judged"], metrics: dict[str, Any], terms: str
) -> bundle.Facts:
    lesson, taught, verdict = done
    about = card(
        Training(
            name=folder.name, recipe=lesson.recipe, audio=lesson.audio, split=lesson.split, used=lesson.used,
            names=lesson.names, history=taught.history, metrics=metrics, terms=terms,
        )
    )  # fmt: skip
    made = bundle.Parts(
        name=folder.name, architecture=lesson.recipe.architecture, audio=lesson.audio, genres=lesson.names,
        threshold=verdict.threshold, split=lesson.split, versions={name: version(name) for name in PACKAGES},
        network=taught.graph, weights=taught.weights, bias=taught.bias, card=about, license=terms,
        calibration=verdict.calibration,
    )  # fmt: skip
    return bundle.save(made, folder)


@dataclass(frozen=True, slots=True, eq=False)
class _Taught:
    """A network after training, as it is shipped."""

    graph: bytes  # ONNX, without the last layer
    weights: Vectors  # of that layer, (dimensions, genres)
    bias: Vector  # (genres,)
    history: recipe.History


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """What the network answers for songs that it was not taught with."""

    threshold: float  # chosen on the validation songs
    calibration: Calibration | None  # likewise
    validation: list[judge.Answer]
    test: list[judge.Answer]


def _taught(lesson: Lesson, progress: Progress) -> _Taught:
    model, history = network(lesson, progress)
    progress("exporting", 0.0)
    sample = np.concatenate([load_images(example) for example in lesson.used[:: -(-len(lesson.used) // SAMPLE)]])
    graph = export.graph(model, sample)
    progress("exporting", 1.0)
    return _Taught(graph, *export.last_layer(model), history)


def _judged(taught: _Taught, lesson: Lesson) -> _Judged:
    shipped = Network(taught.graph)
    head = GenreHead(lesson.names, taught.weights, taught.bias, threshold=0.0)
    checked = judge.answers(shipped, head, lesson.part("validation"))
    tested = judge.answers(shipped, head, lesson.part("test"))
    below = judge.threshold(checked)
    return _Judged(below, judge.calibration(checked), judge.abstaining(checked, below), judge.abstaining(tested, below))


def _metrics(judged: _Judged, taught: _Taught, lesson: Lesson) -> dict[str, Any]:
    corpora = sorted({example.corpus for example in lesson.named})
    return {
        "genres": lesson.names,
        "threshold": judged.threshold,
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
    (folder / "metrics.json").write_text(json.dumps({**metrics, "history": history}, indent=2) + "\n")
    (folder / "card.md").write_text(about)
