"""How far listeners agree with themselves: no model's correlation with their mean can be expected to be higher."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from songs.errors import InvalidManifest

RATINGS = "ratings.csv"  # beside a manifest: one row a listener, with ``path`` and a column an answer
HALVINGS = 100
SEED = 1

Answers = Sequence[npt.NDArray[np.float64]]  # of each song, (listeners, columns)


def ceilings(ratings: Path) -> dict[str, float]:
    """Return, for each column, the correlation that a perfect model would have with the mean of the listeners.

    Each song's listeners are divided in halves at random; the correlation r of the halves' means gives the
    reliability of the whole mean, 2r / (1 + r) (Spearman 1910, Brown 1910), and its root is the ceiling (the correction
    for attenuation of Spearman 1904). Mean over ``HALVINGS`` divisions; 0 where halves do not agree at all.

    Parameters
    ----------
    ratings : Path
        CSV with ``path`` and columns of numbers.

    Raises
    ------
    InvalidManifest
        Where the table is something else.
    """
    columns, answers = _read(ratings)
    random = np.random.default_rng(SEED)
    agreed = np.mean([_halves(answers, random) for _ in range(HALVINGS)], axis=0)
    reliable = np.clip(2 * agreed / (1 + agreed), 0, 1)
    return {name: float(root) for name, root in zip(columns, np.sqrt(reliable), strict=True)}


def _halves(answers: Answers, random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return the correlation of two random halves of the listeners, column by column."""
    means = []
    for own in answers:
        drawn, half = random.permutation(len(own)), len(own) // 2
        means.append((own[drawn[:half]].mean(axis=0), own[drawn[half : 2 * half]].mean(axis=0)))
    one, other = (np.array(side) - np.mean(side, axis=0) for side in zip(*means, strict=True))
    spread = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    return np.asarray((one * other).sum(axis=0) / np.maximum(spread, 1e-12))


def _read(ratings: Path) -> tuple[list[str], Answers]:
    songs: dict[str, list[list[float]]] = {}
    try:
        with ratings.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            columns = [name for name in table.fieldnames or () if name != "path"]
            for row in table:
                songs.setdefault(row["path"], []).append([float(row[name]) for name in columns])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidManifest(str(ratings), f"is no table of listeners: {error}") from error
    told: Mapping[str, npt.NDArray[np.float64]] = {path: np.array(rows) for path, rows in songs.items()}
    enough = [own for own in told.values() if len(own) >= 2]
    if not columns or len(enough) < 3:
        raise InvalidManifest(str(ratings), "has fewer than three songs of two listeners")
    return columns, enough
