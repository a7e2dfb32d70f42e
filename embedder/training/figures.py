"""The pictures of a training report."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from embedder.training.judge import Answer
from embedder.training.recipe import History
from songs.metrics import confusion


def draw_curves(history: History, path: Path) -> None:
    """Draw loss and accuracy of slices over the epochs, and by whose retrieval teaching was stopped."""
    shown = {"loss": "loss of slices", "accuracy": "accuracy of slices", "artist_map": "MAP by artist"}
    found = [name for name in shown if name in history or f"val_{name}" in history]
    figure = Figure(figsize=(4.5 * len(found), 3.5), layout="constrained")
    for axes, measure in zip(np.atleast_1d(figure.subplots(1, len(found))), found, strict=True):
        for name, label in ((measure, "training"), (f"val_{measure}", "validation")):
            if name in history:
                axes.plot(range(1, len(history[name]) + 1), history[name], marker=".", label=label)
        for epoch in history.get("best_epoch", ()):
            axes.axvline(epoch, color="grey", linestyle=":", label="best")
        axes.set(xlabel="epoch", ylabel=shown[measure])
        axes.legend()
    _write(figure, path)


def draw_confusion(heard: Sequence[Answer], names: Sequence[str], path: Path) -> None:
    """Draw which genre is taken for which: a row is a true genre, a song of several stands in each of its rows."""
    pairs = [(true, str(answer.genre.value)) for answer in heard for true in answer.example.genres if true in names]
    table = confusion([true for true, _ in pairs], [said for _, said in pairs], names)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(1.5 + 0.5 * len(names), 1.2 + 0.5 * len(names)), layout="constrained")
    axes: Any = figure.subplots()
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="said", ylabel="true")
    for row, column in zip(*np.nonzero(table), strict=True):
        colour = "white" if share[row, column] > 0.5 else "black"
        axes.text(column, row, str(table[row, column]), ha="center", va="center", fontsize=8, color=colour)
    _write(figure, path)


def _write(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # without its own canvas a figure would look for a display; without Software the bytes depend on the version
    FigureCanvasAgg(figure)
    figure.savefig(path, format="png", metadata={"Software": None})
