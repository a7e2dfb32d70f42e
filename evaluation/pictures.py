"""The pictures of the evaluation page: map, reliability, confusion of genres."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from embedder.training.drawing import draw_choices, write
from evaluation.collection import Collection
from evaluation.reliability import Reliability
from evaluation.retrieval import by_genre
from songs.vectors import Vectors, unit

# Okabe and Ito's colours, which the colour-blind tell apart, and a shape each for who sees no colour at all
MARKS: Mapping[str, str] = MappingProxyType(
    {"#0072B2": "o", "#D55E00": "s", "#009E73": "^", "#CC79A7": "D", "#E69F00": "v", "#56B4E9": "P", "#000000": "X"}
)
_GREY = "#BBBBBB"
_FEWEST = 50  # songs below which t-SNE has nothing to arrange
_FEW = 5  # songs below which a point of a curve says nothing
_PERPLEXITY = 30.0


def draw_map(collections: Sequence[Collection], path: Path) -> bool:
    """Draw the songs that have a genre on a plane so that near ones stay near.

    The commonest genres, or pairs of them (pop and rock are often named together), have a colour and a shape; other
    songs are grey dots.
    """
    said = [" + ".join(sorted(by_genre(row))) for songs in collections for row in songs.rows]
    known = [i for i, name in enumerate(said) if name]
    if not known:
        return False
    places = plane(np.concatenate([songs.vectors for songs in collections])[known])
    named = [said[i] for i in known]
    common = [name for name, _ in Counter(named).most_common(len(MARKS))]
    figure = Figure(figsize=(8.5, 6), layout="constrained")
    axes: Any = figure.subplots()
    others = np.array([name not in common for name in named])
    axes.scatter(*places[others].T, s=9, color=_GREY, linewidths=0, label="others")
    for name, (colour, mark) in zip(common, MARKS.items(), strict=False):
        own = np.array([one == name for one in named])
        axes.scatter(*places[own].T, s=26, color=colour, marker=mark, linewidths=0, alpha=0.8, label=name)
    axes.set(xticks=[], yticks=[])
    figure.legend(loc="outside right upper", title="genre", frameon=False)
    write(figure, path)
    return True


def plane(vectors: Vectors) -> npt.NDArray[np.float32]:
    """Return places on a plane, shape=(n, 2): t-SNE of the cosines from a fixed start, principal axes of few songs."""
    units = unit(vectors)
    flat = PCA(2, random_state=0).fit_transform(units)
    if len(units) >= _FEWEST:
        start = flat / flat.std() * 1e-4
        arranged = TSNE(2, perplexity=_PERPLEXITY, init=start, metric="cosine", random_state=0)
        with threadpool_limits(1):  # sums are small here: threads that wait for each other cost more than they bring
            flat = arranged.fit_transform(units)
    return np.asarray(flat, dtype=np.float32)


def draw_reliability(found: Reliability, path: Path) -> None:
    """Draw the share of pairs that are kin over the probability that they were told, and how many pairs are where."""
    figure = Figure(figsize=(5.5, 5.5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    above.plot((0, 1), (0, 1), color=_GREY, linestyle="--", label="as it should be")
    told, kin = [one.told for one in found.bins], [one.kin for one in found.bins]
    above.plot(told, kin, color="#0072B2", marker="o", label=f"unheard artists, error {found.error:.3f}")
    above.set(ylabel="share that is of one artist", xlim=(0, 1), ylim=(0, 1))
    above.legend(loc="upper left", frameon=False)
    middles = [(one.low + one.high) / 2 for one in found.bins]
    below.bar(middles, [one.share for one in found.bins], width=0.09, color="#56B4E9")
    below.set(xlabel="probability that was told", ylabel="share of pairs")
    write(figure, path)


def draw_labels(found: Mapping[str, Any], path: Path) -> bool:
    """Draw how often the likeliest name was right over how sure it was, for each choice; ``False`` where none was told.

    ``found``: see ``embedder.training.heads.figures``.
    """
    told = {name: found[name]["reliability"] for name in ("genre", "mood", "quadrant", "cluster") if name in found}
    if not any(told.values()):
        return False
    figure = Figure(figsize=(5.5, 4.5), layout="constrained")
    axes: Any = figure.subplots()
    axes.plot((0, 1), (0, 1), color=_GREY, linestyle="--", label="as it should be")
    for (name, bins), (colour, mark) in zip(told.items(), MARKS.items(), strict=False):
        known = [one for one in bins if one["songs"] >= _FEW]
        sure, right = [one["told"] for one in known], [one["right"] for one in known]
        axes.plot(sure, right, color=colour, marker=mark, label=name)
    axes.set(xlabel="probability that was told", ylabel="share that was right", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="upper left", frameon=False)
    write(figure, path)
    return True


def draw_confusion(collections: Sequence[Collection], path: Path) -> bool:
    """Draw which genre is taken for which, a song of several in each of its rows; ``False`` where none is known."""
    pairs = [
        (true, str(labels.genre.value))
        for songs in collections
        for row, labels in zip(songs.rows, songs.labels, strict=True)
        for true in sorted(by_genre(row))
        if labels.genre.value is not None
    ]
    if not pairs:
        return False
    names = sorted({name for pair in pairs for name in pair})
    draw_choices(pairs, names, path)
    return True
