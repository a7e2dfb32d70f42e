"""What can be read from a vector by a straight line? Probes taught on some artists and asked about others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold
from threadpoolctl import threadpool_limits

from embedder.split import artist_key
from evaluation.collection import Collection
from songs.manifest import EMOTIONS, Row
from songs.vectors import unit
from songs.vocabulary import genres

FEWEST = 20  # songs that a probe is taught with, and asked about
_FOLDS = 5  # of teaching artists, to choose the strength of regularisation
_STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # of the logistic regression (C)
_PENALTIES = tuple(float(value) for value in np.geomspace(3, 3000, 10))  # of the ridge regression (alpha)

Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Probes:
    """What probes reached on the songs asked about; ``None`` where the labels are not there."""

    genre: float | None = None  # share told right
    emotions: float | None = None  # mean correlation over the nine
    liked: float | None = None  # correlation


def label_probes(taught: Collection, asked: Collection) -> Probes:
    """Teach probes on one part of a collection and ask about another, whose artists are others."""
    return Probes(
        genre=_genre(taught, asked),
        emotions=_felt(taught, asked, EMOTIONS),
        liked=_felt(taught, asked, ("liked",)),
    )


def commonest(taught: Collection, asked: Collection) -> float | None:
    """Return the share that always saying the commonest genre of the taught songs tells right."""
    known, wanted = _single_genres(taught.rows), _single_genres(asked.rows)
    if min(len(known), len(wanted)) < FEWEST:
        return None
    names = list(known.values())
    said = max(sorted(set(names)), key=names.count)
    return float(np.mean([name == said for name in wanted.values()]))


def standardised(taught: Collection, asked: Collection) -> tuple[Table, Table]:
    """Return the unit vectors of both, centred and scaled alike: by mean and mean deviation of the taught ones."""
    known, other = unit(taught.vectors).astype(np.float64), unit(asked.vectors).astype(np.float64)
    mean, scale = known.mean(axis=0), max(float(known.std(axis=0).mean()), 1e-12)
    return (known - mean) / scale, (other - mean) / scale


def artists(rows: Sequence[Row]) -> list[str]:
    """Return the artist of every row as a group; a row without one is a group of its own."""
    return [artist_key(row.tags.artist) or f"nobody {i}" for i, row in enumerate(rows)]


def _single_genres(rows: Sequence[Row]) -> dict[int, str]:
    """Return the genre of the rows that have exactly one."""
    found = {i: genres(row.tags.genre) for i, row in enumerate(rows)}
    return {i: next(iter(named)) for i, named in found.items() if len(named) == 1}


def _genre(taught: Collection, asked: Collection) -> float | None:
    known, wanted = _single_genres(taught.rows), _single_genres(asked.rows)
    if min(len(known), len(wanted)) < FEWEST or len(set(known.values())) < 2:
        return None
    taught, asked = taught.chosen(list(known)), asked.chosen(list(wanted))
    x, z = standardised(taught, asked)
    probe = _best(LogisticRegression(max_iter=1000), {"C": _STRENGTHS}, x, np.array(list(known.values())), taught)
    if probe is None:
        return None
    return float(np.mean(probe.predict(z) == np.array(list(wanted.values()))))


def _felt(taught: Collection, asked: Collection, names: Sequence[str]) -> float | None:
    known, wanted = _numbers(taught.rows, names), _numbers(asked.rows, names)
    if min(len(known), len(wanted)) < FEWEST:
        return None
    taught, asked = taught.chosen(list(known)), asked.chosen(list(wanted))
    x, z = standardised(taught, asked)
    probe = _best(Ridge(), {"alpha": _PENALTIES}, x, np.array(list(known.values())), taught)
    if probe is None:
        return None
    said = np.asarray(probe.predict(z)).reshape(len(z), len(names))
    true = np.array(list(wanted.values()))
    return float(np.mean([_correlation(said[:, i], true[:, i]) for i in range(len(names))]))


def _numbers(rows: Sequence[Row], names: Sequence[str]) -> dict[int, list[float]]:
    """Return what listeners said of the rows, where they were asked."""
    found = {}
    for i, row in enumerate(rows):
        try:
            said = [float(row.columns[name]) for name in names]
        except (KeyError, ValueError):
            continue
        if np.isfinite(said).all():
            found[i] = said
    return found


def _best(
    model: object, choices: dict[str, Sequence[float]], x: Table, y: npt.NDArray[np.generic], taught: Collection
) -> GridSearchCV | None:
    """Fit with the regularisation that serves unheard artists best, as far as the taught ones can tell.

    Returns ``None`` where they cannot: a single artist, or each genre by an artist of its own.
    """
    groups = artists(taught.rows)
    if len(set(groups)) < 2:
        return None
    parts = GroupKFold(min(_FOLDS, len(set(groups)))).split(x, y, groups)
    folds = [(known, held) for known, held in parts if len(np.unique(y[known], axis=0)) > 1]
    if not folds:
        return None
    with threadpool_limits(1):  # sums are small here: threads that wait for each other cost more than they bring
        return GridSearchCV(model, choices, cv=folds).fit(x, y)


def _correlation(a: Table, b: Table) -> float:
    """Return Pearson's r; 0 where one side never changes."""
    a, b = a - a.mean(), b - b.mean()
    both = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / both if both else 0.0
