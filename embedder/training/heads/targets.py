"""What songs can teach heads: targets from the columns of their manifests, and which songs have them.

Targets are answers only: nothing of artist, title, album or corpus is among what a head reads.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedder.heads.heads import FEATURES
from songs import moods
from songs.manifest import EMOTIONS, Row
from songs.vocabulary import GENRES, genres, left_open

Table = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

QUADRANTS = ("Q1", "Q2", "Q3", "Q4")  # Russell: happy, tense, sad, calm
CLUSTERS = ("1", "2", "3", "4", "5")  # MIREX
PLEASANT, EXCITED = ("Q1", "Q4"), ("Q1", "Q2")
# What listeners felt -> how pleasant or exciting the song is to them; written before any figure was seen.
FELT_VALENCE = {"joyful_activation": 1.0, "calmness": 0.5, "sadness": -1.0, "tension": -1.0}
FELT_AROUSAL = {"power": 1.0, "joyful_activation": 1.0, "tension": 1.0, "calmness": -1.0, "tenderness": -1.0}


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What one head is to say of every song."""

    names: tuple[str, ...]
    values: Table  # (n, names); 0 where it is not known
    known: Mask  # (n, names)

    @property
    def rows(self) -> Mask:
        """Songs of which anything is known, (n,)."""
        return np.asarray(self.known.any(axis=1))


def targets(rows: Sequence[Row]) -> dict[str, Target]:
    """Return what manifests say of songs, by head.

    ``genre``: 1 or 0 for every genre that a song of these has; a row without a genre teaches none, and one that leaves
    it open (``Pop/Rock``) teaches neither pop nor rock. ``mood``, ``quadrant``, ``cluster``: shares of 1. ``emotions``:
    shares of listeners. ``liked``: share that liked less share that disliked. ``pleasant`` and ``excited``: 1 or 0 by
    quadrant. ``felt_valence`` and ``felt_arousal``: sums of emotions. The others are ``spotify_*`` columns.
    """
    columns = [row.columns for row in rows]
    found = {
        "genre": _genres(rows),
        "mood": _shares(moods.MOODS, [moods.shares(one) for one in columns]),
        "quadrant": _one_of(QUADRANTS, [one.get("quadrant") for one in columns]),
        "cluster": _one_of(CLUSTERS, [one.get("cluster") for one in columns]),
        "emotions": _numbers(columns, EMOTIONS),
        "liked": _sum(columns, "liked", {"liked": 1.0, "disliked": -1.0}),
        "pleasant": _half(columns, PLEASANT),
        "excited": _half(columns, EXCITED),
        "felt_valence": _sum(columns, "felt_valence", FELT_VALENCE),
        "felt_arousal": _sum(columns, "felt_arousal", FELT_AROUSAL),
    }
    services = ("valence", *FEATURES, "popularity", "tempo", "loudness")
    return found | {f"spotify_{name}": _numbers(columns, (f"spotify_{name}",)) for name in services}


def raters(rows: Sequence[Row]) -> Table:
    """Return how many listeners were asked about each song, (n,); 1 where nobody says."""
    return np.array([_number(row.columns, "raters") or 1.0 for row in rows])


def _genres(rows: Sequence[Row]) -> Target:
    named = [genres(row.tags.genre) for row in rows]
    open_ = [left_open(row.tags.genre) for row in rows]
    sure = [one - unsure for one, unsure in zip(named, open_, strict=True)]
    names = tuple(name for name in GENRES if any(name in one for one in sure))
    values = [[float(name in one) for name in names] for one in sure]
    known = [[bool(told) and name not in unsure for name in names] for told, unsure in zip(named, open_, strict=True)]
    return Target(names, _table(values, names), _table(known, names).astype(bool))


def _shares(names: Sequence[str], said: Sequence[Mapping[str, float] | None]) -> Target:
    values = _table([[one[name] if one else 0.0 for name in names] for one in said], names)
    known = np.repeat([[one is not None] for one in said], len(names), axis=1).reshape(-1, len(names))
    return Target(tuple(names), values, known)


def _one_of(names: Sequence[str], said: Sequence[str | None]) -> Target:
    return _shares(names, [{name: float(one == name) for name in names} if one in names else None for one in said])


def _half(columns: Sequence[Mapping[str, str]], among: Sequence[str]) -> Target:
    return _told(columns, "half", lambda one: float(one["quadrant"] in among) if "quadrant" in one else None)


def _sum(columns: Sequence[Mapping[str, str]], name: str, weights: Mapping[str, float]) -> Target:
    def told(one: Mapping[str, str]) -> float | None:
        felt = [_number(one, part) for part in weights]
        known = [value for value in felt if value is not None]
        return sum(np.multiply(known, list(weights.values()))) if len(known) == len(weights) else None

    return _told(columns, name, told)


def _told(columns: Sequence[Mapping[str, str]], name: str, told: Callable[[Mapping[str, str]], float | None]) -> Target:
    said = [told(one) for one in columns]
    values = [[0.0 if value is None else value] for value in said]
    return Target((name,), _table(values, (name,)), np.array([[value is not None] for value in said]).reshape(-1, 1))


def _numbers(columns: Sequence[Mapping[str, str]], names: Sequence[str]) -> Target:
    said = [[_number(one, name) for name in names] for one in columns]
    values = [[0.0 if value is None else value for value in one] for one in said]
    known = [[value is not None for value in one] for one in said]
    return Target(tuple(names), _table(values, names), _table(known, names).astype(bool))


def _number(columns: Mapping[str, str], name: str) -> float | None:
    """Return a number of a row; ``None`` for what is missing or is none."""
    try:
        value = float(columns[name])
    except (KeyError, ValueError):
        return None
    return value if math.isfinite(value) else None


def _table(values: Sequence[Sequence[float]], names: Sequence[str]) -> Table:
    return np.array(values, dtype=np.float64).reshape(len(values), len(names))
