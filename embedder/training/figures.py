"""The pictures of a training report."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from embedder.training.drawing import draw_choices, write
from embedder.training.judge import Answer
from embedder.training.recipe import History


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
    write(figure, path)


def draw_confusion(heard: Sequence[Answer], names: Sequence[str], path: Path) -> None:
    """Draw which genre is taken for which: a row is a true genre, a song of several stands in each of its rows."""
    pairs = [(true, str(answer.genre.value)) for answer in heard for true in answer.example.genres if true in names]
    draw_choices(pairs, names, path)
