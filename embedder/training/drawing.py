"""What the pictures of training and of evaluation have in common; matplotlib is all that it needs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from songs.metrics import confusion


def draw_choices(pairs: Sequence[tuple[str, str]], names: Sequence[str], path: Path) -> None:
    """Draw which name is taken for which, from pairs (true, told): a row is a true name, a column a told one."""
    table = confusion([true for true, _ in pairs], [told for _, told in pairs], names)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(1.8 + 0.45 * len(names), 1.5 + 0.45 * len(names)), layout="constrained")
    axes: Any = figure.subplots()
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="told", ylabel="true")
    for row, column in zip(*np.nonzero(table), strict=True):
        colour = "white" if share[row, column] > 0.5 else "black"
        axes.text(column, row, str(table[row, column]), ha="center", va="center", fontsize=8, color=colour)
    write(figure, path)


def write(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, with the folder that it goes to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # without its own canvas a figure would look for a display; without Software the bytes depend on the version
    FigureCanvasAgg(figure)
    figure.savefig(path, format="png", dpi=100, metadata={"Software": None})
