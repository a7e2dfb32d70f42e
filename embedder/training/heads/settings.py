"""What is measured once, on songs of unheard artists, and then holds for any network of the same recipe."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from embedder.heads.choice import Exclusive, Independent, sigmoid
from embedder.heads.heads import FEATURES
from embedder.heads.number import Named, Share, Standing
from embedder.training.heads import calibrate
from embedder.training.heads.lines import CHOICES, even
from embedder.training.heads.songs import Songs
from embedder.training.heads.targets import Target

Table = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Scores = Mapping[str, Table]  # of lines: (n, k), or (n,) of what is blended of them

# One number for several truths: of each line's standardised scores, how much; and the truth whose scale it takes.
BLENDS: Mapping[str, tuple[Mapping[str, float], str]] = MappingProxyType(
    {
        "valence": ({"pleasant": 3.0, "spotify_valence": 1.0, "felt_valence": 1.0}, "spotify_valence"),
        "arousal": ({"excited": 1.0, "spotify_energy": 1.0, "felt_arousal": 1.0}, "spotify_energy"),
    }
)
TOLD = 0.5  # correlation below which a feature cannot be told
ASKED = ("danceability", "energy", "speechiness", "acousticness")  # told in any case, with what they are worth
FEWEST = 8  # songs that anything is measured on
STEPS = 101  # of the scale of popularity


@dataclass(frozen=True, slots=True)
class Blend:
    """A sum of lines' scores and a constant."""

    weights: Mapping[str, float]  # by line
    constant: float

    def __call__(self, scores: Scores) -> Table:
        """Return the blended scores, (n,)."""
        parts = [weight * scores[name][:, 0] for name, weight in self.weights.items()]
        return np.asarray(sum(parts, np.zeros(len(parts[0]))) + self.constant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every head but its arrays. What could not be measured is left out."""

    genre: Independent | None = None
    choices: Mapping[str, Exclusive] = field(default_factory=dict)  # mood, quadrant, cluster
    blends: Mapping[str, Blend] = field(default_factory=dict)  # valence, arousal
    shares: Mapping[str, Share] = field(default_factory=dict)  # valence, arousal
    popularity: Standing | None = None
    features: Mapping[str, Named] = field(default_factory=dict)
    abstentions: Mapping[str, calibrate.Abstention] = field(default_factory=dict)  # of genre and choices


def settings(scores: Scores, songs: Songs, unheard: Mask) -> Settings:
    """Measure on the unheard songs.

    Parameters
    ----------
    scores : mapping
        Line -> (n, k), where each unheard song's scores are of heads and a network that did not know its artist. A
        line that is not there was never taught.
    unheard : np.ndarray, shape=(n,), bool
    """
    wanted, abstentions = songs.wanted, {}
    genre, choices = None, {}
    if "genre" in scores:
        genre, abstentions["genre"] = _genre(scores["genre"], songs, unheard)
    for name in CHOICES:
        if name in scores:
            choices[name], abstentions[name] = _choice(scores[name], wanted[name], unheard)
    blends = {name: blend for name in BLENDS if (blend := _blend(name, scores, wanted, unheard))}
    shares = {name: _share(blend(scores), wanted[BLENDS[name][1]], unheard) for name, blend in blends.items()}
    return Settings(
        genre=genre,
        choices=choices,
        blends=blends,
        shares=shares,
        popularity=_standing(scores["liked"][:, 0], wanted["liked"], unheard) if "liked" in scores else None,
        features={name: head for name in FEATURES if (head := _feature(name, scores, wanted, unheard))},
        abstentions=abstentions,
    )


def right_genres(target: Target, best: npt.NDArray[np.int64]) -> Mask:
    """Return whether a name told of each song is one of its own, (n,); what is left open counts as its own."""
    songs = np.arange(len(best))
    return np.asarray((target.values[songs, best] > 0) | ~target.known[songs, best])


def _genre(scores: Table, songs: Songs, unheard: Mask) -> tuple[Independent, calibrate.Abstention]:
    target = songs.wanted["genre"]
    rows = unheard & target.rows
    if rows.sum() < FEWEST:
        plain = [1.0] * len(target.names), [0.0] * len(target.names)
        return Independent(target.names, *plain, 0.5), calibrate.Abstention(0.5, 0.0, None)
    open_ = ~target.known[rows]
    slopes, offsets = calibrate.curves(scores[rows], target.values[rows], open_, even(songs.corpora[rows]))
    told = Independent(target.names, slopes, offsets, 0.0).probabilities(scores)
    right = right_genres(target, told.argmax(axis=1))
    found = calibrate.abstention(told.max(axis=1)[rows], right[rows])
    return Independent(target.names, slopes, offsets, found.threshold), found


def _choice(scores: Table, target: Target, unheard: Mask) -> tuple[Exclusive, calibrate.Abstention]:
    rows = unheard & target.rows
    if rows.sum() < FEWEST:
        return Exclusive(target.names, 1.0, 0.5), calibrate.Abstention(0.5, 0.0, None)
    heat = calibrate.temperature(scores[rows], target.values[rows])
    told = Exclusive(target.names, heat, 0.0).probabilities(scores[rows])
    right = told.argmax(axis=1) == target.values[rows].argmax(axis=1)
    found = calibrate.abstention(told.max(axis=1), right)
    return Exclusive(target.names, heat, found.threshold), found


def _blend(name: str, scores: Scores, wanted: Mapping[str, Target], unheard: Mask) -> Blend | None:
    """Return the blend on the scale of its truth; ``None`` where a line is missing or the truth is not known."""
    weights, truth = BLENDS[name]
    rows = unheard & wanted[truth].rows
    if not set(weights) <= set(scores) or rows.sum() < FEWEST:
        return None
    raw = {line: weight / (float(scores[line][unheard].std()) or 1.0) for line, weight in weights.items()}
    x, y = Blend(raw, 0.0)(scores)[rows], wanted[truth].values[rows, 0]
    away = x - x.mean()
    slope = max(float(away @ y / (away @ away)) if away.any() else 0.0, 1e-6)
    return Blend({line: slope * weight for line, weight in raw.items()}, float(y.mean() - slope * x.mean()))


def _share(said: Table, target: Target, unheard: Mask) -> Share:
    rows = unheard & target.rows
    return calibrate.margins(np.clip(said[rows], 0, 1), target.values[rows, 0])


def _standing(scores: Table, target: Target, unheard: Mask) -> Standing | None:
    """Return the scale of unheard songs' scores; truths stand among their own."""
    rows = unheard & target.rows
    if rows.sum() < FEWEST:
        return None
    even_steps = np.linspace(0, 1, STEPS)
    scale, true = np.quantile(scores[unheard], even_steps), np.quantile(target.values[rows, 0], even_steps)
    errors = calibrate.margins(
        Standing(scale.tolist(), 0, 0).rank(scores[rows]), Standing(true.tolist(), 0, 0).rank(target.values[rows, 0])
    )
    return Standing([float(one) for one in scale], errors.below, errors.above)


def _feature(name: str, scores: Scores, wanted: Mapping[str, Target], unheard: Mask) -> Named | None:
    """Return the head of a feature; ``None`` for one that cannot be told."""
    line = f"spotify_{name}"
    rows = unheard & wanted[line].rows
    if line not in scores or rows.sum() < FEWEST:
        return None
    said, true = sigmoid(scores[line][rows, 0]), wanted[line].values[rows, 0]
    if name not in ASKED and calibrate.correlation(said, true) < TOLD:
        return None
    explained = 1 - float(((true - said) ** 2).mean() / max(float(true.var()), 1e-12))
    return Named(calibrate.margins(said, true), min(max(explained, 0.0), 1.0))
