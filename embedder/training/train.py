"""Train a bundle: from manifests to a folder that `embedder.bundle.load` accepts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from embedder import bundle
from embedder.heads import GenreHead
from embedder.runtime import Network
from embedder.spectrogram import AudioSettings
from embedder.split import SplitRule
from embedder.training import export, figures, judge, kinship, recipe
from embedder.training.card import Training, card
from embedder.training.dataset import Batches, Example, Progress, examples, load_images
from songs.errors import InvalidManifest
from songs.vectors import Vector, Vectors

PACKAGES = ("keras", "numpy", "onnx", "onnxruntime", "scipy", "soundfile", "soxr", "tensorflow", "tf2onnx")
KINDRED = ("kin",)  # architectures that learn from songs without a genre too
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
    epochs: int = 20,
    architecture: str = "seed",
    terms: str = OWN_TERMS,
    progress: Progress = untold,
) -> dict[str, Any]:
    """Train on manifests and write a bundle named after the folder ``out``.

    Parameters
    ----------
    manifests : sequence of Path
        At least one; rows without a genre of the vocabulary teach ``kin`` what else they say, and ``seed`` nothing.
    out : Path
        Folder of the bundle; an older bundle there is replaced.
    report : Path, optional
        Folder for ``curves.png``, ``confusion.png``, ``metrics.json`` and ``card.md``.
    cache : Path
        Folder for images of slices (131 kB a slice); may be used again and deleted at any time.
    terms : str
        Text of the bundle's LICENSE.
    progress : callable
        Told a stage and how much of it is done, 0 to 1.

    Returns
    -------
    metrics : dict
        ``model``, ``genres``, ``threshold``, ``epochs``, ``validation`` and ``test`` (see ``judge.figures``; ``None``
        where the split leaves no songs there), ``corpora`` (the test figures of each).

    Raises
    ------
    InvalidManifest
        A manifest that cannot be read, or too little in it to learn from.
    """
    chosen = recipe.recipe_of(architecture, seed, epochs)
    lesson = _lesson(manifests, cache, chosen, progress)
    taught = _taught(lesson, progress)
    judged = _judged(taught, lesson)
    metrics = _metrics(judged, taught, lesson)
    about = card(
        Training(
            name=out.name, recipe=chosen, audio=lesson.audio, split=lesson.split, used=lesson.used, names=lesson.names,
            history=taught.history, metrics=metrics, terms=terms,
        )
    )  # fmt: skip
    made = bundle.Parts(
        name=out.name, architecture=architecture, audio=lesson.audio, genres=lesson.names, threshold=judged.threshold,
        split=lesson.split, versions={name: version(name) for name in PACKAGES}, network=taught.graph,
        weights=taught.weights, bias=taught.bias, card=about, license=terms,
    )  # fmt: skip
    metrics = {"model": bundle.save(made, out).model, **metrics}
    if report is not None:
        _write_report(report, metrics, taught.history, judged, about)
    return metrics


@dataclass(frozen=True, slots=True, eq=False)
class _Lesson:
    """What is taught, and how."""

    recipe: recipe.Recipe
    audio: AudioSettings
    split: SplitRule
    names: list[str]  # genres that can be learnt
    used: list[Example]  # songs that have one of them, and for some architectures the others

    def part(self, part: str) -> list[Example]:
        """Return the songs of one part of the split that have a genre."""
        return [example for example in self.named if example.part == part]

    @property
    def named(self) -> list[Example]:
        """The songs that have a genre."""
        return [example for example in self.used if example.genres & set(self.names)]


def _lesson(manifests: Sequence[Path], cache: Path, chosen: recipe.Recipe, progress: Progress) -> _Lesson:
    audio, split = AudioSettings(), SplitRule()
    kindred = chosen.architecture in KINDRED
    heard = examples(manifests, cache, audio, split, progress, nameless=kindred)
    names = _names(manifests, heard)
    return _Lesson(chosen, audio, split, names, [one for one in heard if kindred or one.genres & set(names)])


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
    validation: list[judge.Answer]
    test: list[judge.Answer]


def _taught(lesson: _Lesson, progress: Progress) -> _Taught:
    model, history = _network(lesson, progress)
    progress("exporting", 0.0)
    sample = np.concatenate([load_images(example) for example in lesson.used[:: -(-len(lesson.used) // SAMPLE)]])
    graph = export.graph(model, sample)
    progress("exporting", 1.0)
    return _Taught(graph, *export.last_layer(model), history)


def _network(lesson: _Lesson, progress: Progress) -> tuple[keras.Model, recipe.History]:
    """Return the architecture taught as its recipe says, and how it went."""
    chosen, names = lesson.recipe, lesson.names
    if chosen.architecture in KINDRED:
        teaching = [replace(e, genres=e.genres & set(names)) for e in lesson.used if e.part == "train"]
        return kinship.teach(chosen, lesson.audio, teaching, names, progress)
    model, checking = recipe.untrained(chosen, lesson.audio, len(names)), lesson.part("validation")
    batches = Batches(lesson.part("train"), names, chosen.batch, chosen.seed)
    checks = Batches(checking, names, chosen.batch, chosen.seed) if checking else None
    return model, recipe.fit(model, batches, checks, chosen, progress)


def _judged(taught: _Taught, lesson: _Lesson) -> _Judged:
    network = Network(taught.graph)
    head = GenreHead(lesson.names, taught.weights, taught.bias, threshold=0.0)
    checked = judge.answers(network, head, lesson.part("validation"))
    tested = judge.answers(network, head, lesson.part("test"))
    below = judge.threshold(checked)
    return _Judged(below, judge.abstaining(checked, below), judge.abstaining(tested, below))


def _metrics(judged: _Judged, taught: _Taught, lesson: _Lesson) -> dict[str, Any]:
    corpora = sorted({example.corpus for example in lesson.named})
    return {
        "genres": lesson.names,
        "threshold": judged.threshold,
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


def _names(manifests: Sequence[Path], used: Sequence[Example]) -> list[str]:
    """Return the genres that can be learnt: those of the training songs."""
    names = sorted(set().union(*(example.genres for example in used if example.part == "train")))
    if len(names) < 2:
        where = ", ".join(path.name for path in manifests)
        raise InvalidManifest(where, f"its training songs have {len(names)} genres, telling them apart needs two")
    return names
