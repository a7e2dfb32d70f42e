"""Train a bundle: from manifests to a folder that `embedder.bundle.load` accepts."""

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from embedder import bundle
from embedder.heads import GenreHead
from embedder.runtime import Network
from embedder.spectrogram import AudioSettings
from embedder.split import SplitRule
from embedder.training import export, figures, judge, recipe
from embedder.training.card import Training, card
from embedder.training.dataset import Batches, Example, Progress, examples, load_images
from songs.errors import InvalidManifest

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
    epochs: int = 20,
    architecture: str = "seed",
    terms: str = OWN_TERMS,
    progress: Progress = untold,
) -> dict[str, Any]:
    """Train on manifests and write a bundle named after the folder ``out``.

    Parameters
    ----------
    manifests : sequence of Path
        At least one; rows without a genre of the vocabulary teach nothing.
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
    audio, split = AudioSettings(), SplitRule()
    chosen = recipe.Recipe(architecture=architecture, seed=seed, epochs=epochs)
    used = examples(manifests, cache, audio, split, progress)
    names = _names(manifests, used)
    used = [example for example in used if example.genres & set(names)]
    parts = {part: [e for e in used if e.part == part] for part in ("train", "validation", "test")}
    model = recipe.untrained(chosen, audio, len(names))
    teaching = Batches(parts["train"], names, chosen.batch, seed)
    checking = Batches(parts["validation"], names, chosen.batch, seed) if parts["validation"] else None
    history = recipe.fit(model, teaching, checking, chosen, progress)

    progress("exporting", 0.0)
    sample = np.concatenate([load_images(example) for example in used[:: -(-len(used) // SAMPLE)]])
    graph = export.graph(model, sample)
    weights, bias = export.last_layer(model)
    network, head = Network(graph), GenreHead(names, weights, bias, threshold=0.0)
    progress("exporting", 1.0)

    checked = judge.answers(network, head, parts["validation"])
    below = judge.threshold(checked)
    checked = judge.abstaining(checked, below)
    tested = judge.abstaining(judge.answers(network, head, parts["test"]), below)
    metrics = {
        "genres": names,
        "threshold": below,
        "epochs": len(history["loss"]),
        "validation": judge.figures(checked),
        "test": judge.figures(tested),
        "corpora": {
            corpus: judge.figures([answer for answer in tested if answer.example.corpus == corpus])
            for corpus in sorted({example.corpus for example in used})
        },
    }
    about = card(
        Training(
            name=out.name, recipe=chosen, audio=audio, split=split, used=used, names=names,
            history=history, metrics=metrics, terms=terms,
        )
    )  # fmt: skip
    made = bundle.Parts(
        name=out.name, architecture=architecture, audio=audio, genres=names, threshold=below, split=split,
        versions={name: version(name) for name in PACKAGES}, network=graph, weights=weights, bias=bias,
        card=about, license=terms,
    )  # fmt: skip
    metrics = {"model": bundle.save(made, out).model, **metrics}
    if report is not None:
        report.mkdir(parents=True, exist_ok=True)
        figures.draw_curves(history, report / "curves.png")
        figures.draw_confusion(tested or checked, names, report / "confusion.png")
        (report / "metrics.json").write_text(json.dumps({**metrics, "history": history}, indent=2) + "\n")
        (report / "card.md").write_text(about)
    return metrics


def _names(manifests: Sequence[Path], used: Sequence[Example]) -> list[str]:
    """Return the genres that can be learnt: those of the training songs."""
    names = sorted(set().union(*(example.genres for example in used if example.part == "train")))
    if len(names) < 2:
        where = ", ".join(path.name for path in manifests)
        raise InvalidManifest(where, f"its training songs have {len(names)} genres, telling them apart needs two")
    return names
