"""Cross-validation: the same recipe, each round with other artists held back and another seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from embedder.split import SplitRule
from evaluation.comparison import Comparison, Line

MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "artist P@1": "artist_p_at_1",
        "artist MAP": "artist_map",
        "album MAP": "album_map",
        "genre P@1": "genre_p_at_1",
        "genre probe": "genre_probe",
        "emotions r": "emotions",
        "liked r": "liked",
    }
)


@dataclass(frozen=True, slots=True)
class Round:
    """One bundle of the recipe, beside the baseline that was fitted to the same songs."""

    model: str
    rule: SplitRule
    comparisons: Sequence[Comparison]  # of the artists it never heard; last line: the model, the one before: baseline


@dataclass(frozen=True, slots=True)
class Spread:
    """A measure over all rounds; ``None`` where fewer than two rounds tell."""

    mean: float
    deviation: float  # standard deviation, of a sample
    rounds: int


@dataclass(frozen=True, slots=True)
class Crossed:
    """What a contender reached on one collection over the rounds."""

    collection: str
    contender: str
    songs: int  # over all rounds
    measures: Mapping[str, Spread | None]  # by the names of ``MEASURES``


def crossed(rounds: Sequence[Round]) -> list[Crossed]:
    """Return baseline, recipe and their difference for each collection that every round tells of.

    The difference is taken within a round: both are asked about the same songs, so its spread is smaller than theirs.
    """
    found = []
    for name in _everywhere(rounds):
        asked = [next(one for one in own.comparisons if one.collection == name) for own in rounds]
        songs = sum(one.songs for one in asked)
        plain, ours = ([_values(one.lines[place]) for one in asked] for place in (-2, -1))
        gained = [
            {measure: _less(b[measure], a[measure]) for measure in MEASURES} for a, b in zip(plain, ours, strict=True)
        ]
        for contender, values in (("plain baseline", plain), ("this recipe", ours), ("difference", gained)):
            spreads = {measure: _spread([one[measure] for one in values]) for measure in MEASURES}
            found.append(Crossed(name, contender, songs, spreads))
    return found


def _everywhere(rounds: Sequence[Round]) -> list[str]:
    """Return the collections of which every round has both lines."""
    told = [[one.collection for one in own.comparisons if len(one.lines) >= 3] for own in rounds]
    return [name for name in (told[0] if told else ()) if all(name in names for names in told)]


def _values(line: Line) -> dict[str, float | None]:
    return {name: getattr(line, field) for name, field in MEASURES.items()}


def _less(ours: float | None, plain: float | None) -> float | None:
    return None if ours is None or plain is None else ours - plain


def _spread(values: Sequence[float | None]) -> Spread | None:
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    return Spread(float(np.mean(known)), float(np.std(known, ddof=1)), len(known))
