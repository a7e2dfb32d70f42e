"""What heads are worth for artists that nobody had heard: figures with their spread, JSON-ready.

Whatever was measured to make scores honest was measured on other folds of artists than those that a figure is about.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from embedder.heads.choice import sigmoid
from embedder.split import SplitRule
from embedder.training.heads.calibrate import correlation
from embedder.training.heads.lines import ODDS
from embedder.training.heads.settings import BLENDS, Scores, Settings, right_genres, settings
from embedder.training.heads.songs import Songs
from embedder.training.heads.targets import EXCITED, PLEASANT, QUADRANTS, Target
from songs.manifest import EMOTIONS

Table = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Measure = Callable[[Places], float]  # of some songs, each by its number; a song may stand several times

BINS = 10  # of a reliability curve, of even width
DRAWS = 200  # of artists, for the spread
FEWEST = 10  # songs that a figure is about
EMOTIFY = ("classical", "electronic", "pop", "rock")


def figures(scores: Scores, songs: Songs, unheard: Mask, split: SplitRule) -> dict[str, Any]:
    """Return every figure that the songs allow.

    A figure is ``{"value", "error", "n"}``: its standard error by drawing artists anew. Parameters as for
    ``settings``; ``split`` names the folds.
    """
    told = _told(scores, songs, unheard, songs.folds(split))
    spread = _Spread(songs)
    found: dict[str, Any] = {"songs": int(unheard.sum())}
    if "genre" in told:
        found["genre"] = _genre(told, songs, unheard, spread)
    for name in ("mood", "quadrant", "cluster"):
        if name in told:
            right = told[name].argmax(axis=1) == songs.wanted[name].values.argmax(axis=1)
            found[name] = _choice(name, told, right, unheard & songs.wanted[name].rows, spread)
    if "quadrant" in told:
        found["quadrant"] |= _halves(told["quadrant"], songs.wanted["quadrant"], unheard, spread)
    if "emotions" in scores:
        found["emotions"] = _emotions(scores["emotions"], songs.wanted["emotions"], unheard, spread)
    if "liked" in scores:
        found["popularity"] = _popularity(told, scores, songs, unheard, spread)
    for name in BLENDS:
        if name in told:
            found[name] = _blended(name, told, songs, unheard, spread)
    found["features"] = {
        name.removeprefix("spotify_"): _number(
            sigmoid(scores[name][:, 0]) if name in ODDS else scores[name][:, 0], songs.wanted[name], unheard, spread
        )
        for name in scores
        if name.startswith("spotify_")
    }
    return found


class _Spread:
    """Figures with the standard error that drawing other artists would have."""

    def __init__(self, songs: Songs) -> None:
        _, self._owner = np.unique(np.array(songs.artists), return_inverse=True)

    def __call__(self, rows: Mask, measure: Measure) -> dict[str, Any] | None:
        """Return a figure of the songs chosen by ``rows``; ``None`` where they are too few, or all of a kind."""
        chosen = np.flatnonzero(rows)
        if len(chosen) < FEWEST or not np.isfinite(value := measure(chosen)):
            return None
        random = np.random.default_rng(0)
        artists = np.unique(self._owner[chosen])
        own = {artist: chosen[self._owner[chosen] == artist] for artist in artists}
        drawn = [
            measure(np.concatenate([own[artist] for artist in random.choice(artists, len(artists))]))
            for _ in range(DRAWS)
        ]
        known = [one for one in drawn if np.isfinite(one)]
        return {"value": value, "error": float(np.std(known)) if known else None, "n": len(chosen)}


def _told(scores: Scores, songs: Songs, unheard: Mask, folds: Places) -> dict[str, Table]:
    """Return probabilities and numbers, each fold's by settings from the other folds; ``*_low`` and ``*_high`` too."""
    found: dict[str, Table] = {}

    def put(name: str, rows: Mask, values: Table) -> None:
        found.setdefault(name, np.full((len(songs), *values.shape[1:]), np.nan))[rows] = values

    for fold in np.unique(folds[unheard]):
        rows, others = unheard & (folds == fold), unheard & (folds != fold)
        if others.any():
            for name, values in _answers(settings(scores, songs, others), scores, rows):
                put(name, rows, values)
    return found


def _answers(measured: Settings, scores: Scores, rows: Mask) -> list[tuple[str, Table]]:
    found: list[tuple[str, Table]] = []
    if measured.genre:
        told = measured.genre.probabilities(scores["genre"][rows])
        found += [("genre", told), ("genre_sure", told.max(axis=1) >= measured.genre.threshold)]
    for name, choice in measured.choices.items():
        told = choice.probabilities(scores[name][rows])
        found += [(name, told), (f"{name}_sure", told.max(axis=1) >= choice.threshold)]
    some = {name: values[rows] for name, values in scores.items()}
    for name, share in measured.shares.items():
        intervals = [share(value) for value in measured.blends[name](some)]
        found += [(f"{name}{end}", np.array([getattr(one, key) for one in intervals])) for end, key in ENDS]
    if measured.popularity:
        standings = [measured.popularity(value) for value in scores["liked"][rows, 0]]
        found += [(f"popularity{end}", np.array([getattr(one, key) for one in standings])) for end, key in ENDS]
    return found


ENDS = (("", "value"), ("_low", "low"), ("_high", "high"))


def _genre(told: Mapping[str, Table], songs: Songs, unheard: Mask, spread: _Spread) -> dict[str, Any]:
    target = songs.wanted["genre"]
    rows = unheard & target.rows & np.isfinite(told["genre"]).all(axis=1)
    filled = np.nan_to_num(told["genre"])
    right = right_genres(target, filled.argmax(axis=1))
    confidence = filled.max(axis=1)
    areas = {
        name: _area(filled[:, i], target.values[:, i], rows & target.known[:, i]) for i, name in enumerate(target.names)
    }
    found = _choice("genre", told, right, unheard & target.rows, spread) | {
        "areas": areas,
        "area": _mean([one for one in areas.values() if one is not None]),
        "pooled_calibration_error": calibration_error(
            filled[rows[:, None] & target.known], target.values[rows[:, None] & target.known]
        ),
        "corpora": {},
    }
    for corpus in np.unique(songs.corpora[rows]):
        own = rows & (songs.corpora == corpus)
        found["corpora"][str(corpus)] = {
            "accuracy": spread(own, lambda some: float(right[some].mean())),
            "calibration_error": spread(own, lambda some: calibration_error(confidence[some], right[some])),
        }
    return found | _among_four(filled, target, rows & (songs.corpora == "emotify"), spread)


def _among_four(told: Table, target: Target, rows: Mask, spread: _Spread) -> dict[str, Any]:
    """Return how often the likeliest of Emotify's own four genres is right, as others have reported it."""
    if not set(EMOTIFY) <= set(target.names):
        return {}
    four = [target.names.index(name) for name in EMOTIFY]
    right = told[:, four].argmax(axis=1) == target.values[:, four].argmax(axis=1)
    return {"emotify_of_four": spread(rows, lambda own: float(right[own].mean()))}


def _choice(name: str, told: Mapping[str, Table], right: Mask, rows: Mask, spread: _Spread) -> dict[str, Any]:
    rows = rows & np.isfinite(told[name]).all(axis=1)
    confidence, sure = np.nan_to_num(told[name]).max(axis=1), told[f"{name}_sure"] == 1
    return {
        "accuracy": spread(rows, lambda own: float(right[own].mean())),
        "answered": _mean(sure[rows]),
        "accuracy_when_answered": spread(rows & sure, lambda own: float(right[own].mean())),
        "calibration_error": spread(rows, lambda own: calibration_error(confidence[own], right[own])),
        "reliability": reliability(confidence[rows], right[rows]),
    }


def _halves(told: Table, target: Target, unheard: Mask, spread: _Spread) -> dict[str, Any]:
    """Return how well the probabilities of quadrants tell the halves of the plane apart (area under the ROC)."""
    rows = unheard & target.rows & np.isfinite(told).all(axis=1)
    found = {}
    for name, among in (("valence_area", PLEASANT), ("arousal_area", EXCITED)):
        columns = [QUADRANTS.index(one) for one in among]
        said, true = told[:, columns].sum(axis=1), target.values[:, columns].sum(axis=1)
        found[name] = spread(rows, _area_of(said, true))
    return found


def _emotions(said: Table, target: Target, unheard: Mask, spread: _Spread) -> dict[str, Any]:
    rows = unheard & target.known.all(axis=1)

    def mean(own: Places) -> float:
        return float(np.mean([correlation(said[own, i], target.values[own, i]) for i in range(len(EMOTIONS))]))

    each = {name: spread(rows, _r_of(said[:, i], target.values[:, i])) for i, name in enumerate(EMOTIONS)}
    return {"mean": spread(rows, mean), "each": each}


def _popularity(
    told: Mapping[str, Table], scores: Scores, songs: Songs, unheard: Mask, spread: _Spread
) -> dict[str, Any]:
    said, target = scores["liked"][:, 0], songs.wanted["liked"]
    rows = unheard & target.rows
    liked = np.array([float(row.columns.get("liked", "nan") or "nan") for row in songs.rows])
    found = {
        "liked": spread(rows, _r_of(said, liked)),
        "liked_less_disliked": spread(rows, _r_of(said, target.values[:, 0])),
        "spotify_popularity": _number(said, songs.wanted["spotify_popularity"], unheard, spread)["r"],
    }
    if "popularity" in told:
        true = np.zeros(len(songs))
        true[rows] = 100 * (rankdata(target.values[rows, 0]) - 0.5) / max(int(rows.sum()), 1)
        found["coverage"] = spread(rows, _covered_by(told, "popularity", true))
        found["width"] = _mean(
            (told["popularity_high"] - told["popularity_low"])[rows & np.isfinite(told["popularity"])]
        )
    return found


def _blended(name: str, told: Mapping[str, Table], songs: Songs, unheard: Mask, spread: _Spread) -> dict[str, Any]:
    said, (lines, scale) = told[name], BLENDS[name]
    here = unheard & np.isfinite(said)
    truth = songs.wanted[scale]
    rows = here & truth.rows
    found: dict[str, Any] = {"coverage": spread(rows, _covered_by(told, name, truth.values[:, 0])), "corpora": {}}
    for corpus in np.unique(songs.corpora[rows]):
        own = rows & (songs.corpora == corpus)
        found["corpora"][str(corpus)] = spread(own, _covered_by(told, name, truth.values[:, 0]))
    found["width"] = _mean((told[f"{name}_high"] - told[f"{name}_low"])[rows])
    for line in lines:
        target = songs.wanted[line]
        known = here & target.rows
        half = line in ("pleasant", "excited")
        measure = (_area_of if half else _r_of)(said, target.values[:, 0])
        found[f"{line}_area" if half else line] = spread(known, measure)
    return found


def _number(said: Table, target: Target, unheard: Mask, spread: _Spread) -> dict[str, Any]:
    rows = unheard & target.rows
    true = target.values[:, 0]
    wrong = np.abs(said - true)
    guess = float(np.median(true[rows])) if rows.any() else 0.0
    return {
        "r": spread(rows, _r_of(said, true)),
        "error": float(wrong[rows].mean()) if rows.any() else None,
        "error_of_the_median": float(np.abs(true[rows] - guess).mean()) if rows.any() else None,
    }


def _mean(values: Table | Sequence[float]) -> float | None:
    return float(np.mean(values)) if len(values) else None


def _r_of(said: Table, true: Table) -> Measure:
    return lambda own: correlation(said[own], true[own])


def _area_of(said: Table, true: Table) -> Measure:
    return lambda own: area(said[own], true[own] > 0.5)


def _covered_by(told: Mapping[str, Table], name: str, true: Table) -> Measure:
    inside = (told[f"{name}_low"] <= true) & (true <= told[f"{name}_high"])
    return lambda own: float(inside[own].mean())


def _area(said: Table, true: Table, rows: Mask) -> float | None:
    positive = true[rows] > 0
    return None if positive.all() or not positive.any() else area(said[rows], positive)


def area(said: Table, positive: Mask) -> float:
    """Return how likely a positive song scores higher than another (area under the ROC); NaN without both kinds."""
    count = int(positive.sum())
    others = len(positive) - count
    if not count or not others:
        return float("nan")
    return float((rankdata(said)[positive].sum() - count * (count + 1) / 2) / (count * others))


def reliability(confidence: Table, right: npt.NDArray[np.generic]) -> list[dict[str, float]]:
    """Return, for each bin that holds songs, its ``songs``, what was ``told`` of them and how many were ``right``."""
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        {
            "songs": int((place == one).sum()),
            "told": float(confidence[place == one].mean()),
            "right": float(right[place == one].mean()),
        }
        for one in np.unique(place)
    ]


def calibration_error(confidence: Table, right: npt.NDArray[np.generic]) -> float:
    """Return the mean distance of what was told and what was right, by bins (Guo et al., 2017); 0 for no songs."""
    bins = reliability(confidence, right)
    return float(sum(one["songs"] * abs(one["told"] - one["right"]) for one in bins) / max(len(confidence), 1))
