"""Five moods, and the mapping to them from what corpora write: mood words, quadrants, clusters, what listeners felt.

No listener was ever asked for these five names: they are read from other answers by the tables below, and whatever is
learnt from them is as good as the tables. A row tells of several moods in shares, or of none.
"""

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType

MOODS = ("Energetic", "Relaxing", "Dark", "Aggressive", "Happy")

Shares = Mapping[str, float]  # mood -> 0 to 1, sum 1

# AllMusic's mood words, as the quadrants corpus lists them, and the categories of MIREX. A word that stands under two
# moods speaks for both by halves. Words that fit none of the five (Literate, Sexy, Wistful, Humorous ..) are left out.
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Energetic": (
            "boisterous", "energetic", "exciting", "explosive", "exuberant", "fiery", "freewheeling", "gutsy",
            "intense", "lively", "passionate", "powerful", "pulsing", "rambunctious", "raucous", "reckless",
            "rollicking", "rousing", "rowdy", "spicy", "strong", "swinging", "thrilling", "urgent", "manic",
        ),
        "Relaxing": (
            "atmospheric", "calm", "delicate", "dreamy", "ethereal", "gentle", "hypnotic", "intimate", "laid-back",
            "light", "lush", "meditative", "mellow", "pastoral", "peaceful", "quiet", "relaxed", "reserved",
            "restrained", "reverent", "smooth", "soft", "soothing", "spacey", "springlike", "tender", "warm",
        ),
        "Dark": (
            "anguished", "anxious", "bitter", "bleak", "brooding", "cold", "difficult", "distraught", "eerie",
            "gloomy", "lonely", "melancholy", "menacing", "nihilistic", "nocturnal", "ominous", "paranoid", "sad",
            "somber", "spooky", "suffocating", "tense - anxious", "tragic", "unsettling", "weary",
        ),
        "Aggressive": (
            "aggressive", "agressive", "angry", "belligerent", "confrontational", "fierce", "harsh", "hostile",
            "malevolent", "menacing", "negative", "outraged", "outrageous", "rebellious", "reckless", "threatening",
            "thuggish", "uncompromising", "visceral", "volatile",
        ),
        "Happy": (
            "amiable", "amiable-good natured", "bright", "carefree", "celebratory", "cheerful", "effervescent",
            "euphoric", "exuberant", "fun", "giddy", "gleeful", "good-natured", "happy", "innocent", "jovial",
            "joyous", "optimistic", "playful", "positive", "rollicking", "summery", "sweet", "uplifting",
        ),
    }
)  # fmt: skip

# Of Russell's plane (valence and arousal), for rows that name no word of the table.
QUADRANTS: Mapping[str, Shares] = MappingProxyType(
    {
        "Q1": {"Happy": 0.5, "Energetic": 0.5},  # pleasant, excited
        "Q2": {"Aggressive": 0.6, "Energetic": 0.2, "Dark": 0.2},  # unpleasant, excited
        "Q3": {"Dark": 1.0},  # unpleasant, still
        "Q4": {"Relaxing": 1.0},  # pleasant, still
    }
)

# Of MIREX, for rows whose category is no word of the table. Cluster 3 (wistful, literate, bittersweet) and cluster 4
# (humorous, witty, wry) are none of the five.
CLUSTERS: Mapping[str, Shares] = MappingProxyType(
    {"1": {"Energetic": 1.0}, "2": {"Happy": 1.0}, "5": {"Aggressive": 0.7, "Energetic": 0.3}}
)

# Of Emotify: a listener who felt this counts so much for the moods; what is felt rarely counts more. Amazement and
# nostalgia are felt in all of them.
EMOTIONS: Mapping[str, Shares] = MappingProxyType(
    {
        "calmness": {"Relaxing": 0.6},
        "tenderness": {"Relaxing": 0.4},
        "joyful_activation": {"Happy": 1.0, "Energetic": 0.4},
        "power": {"Energetic": 1.0, "Aggressive": 0.5},
        "tension": {"Aggressive": 0.8, "Dark": 0.4},
        "sadness": {"Dark": 0.8},
        "solemnity": {"Dark": 0.2},
    }
)


def shares(columns: Mapping[str, str]) -> dict[str, float] | None:
    """Return how a manifest's row divides among the five moods; ``None`` where it says nothing of them.

    Parameters
    ----------
    columns : mapping
        As written: ``moods`` (words, separated by ``;``), ``category``, ``quadrant``, ``cluster``, and the emotions as
        shares of listeners. The first of these that tells decides, but words and quadrant, which count by halves.
    """
    written = [word for name in ("moods", "category") for word in columns.get(name, "").split(";")]
    worded = _normal(_of_words(written))
    placed = QUADRANTS.get(columns.get("quadrant", ""))
    if worded and placed:
        return _normal([*worded.items(), *placed.items()])
    return (
        worded
        or _normal((placed or {}).items())
        or _normal(CLUSTERS.get(columns.get("cluster", ""), {}).items())
        or _normal(_of_emotions(columns))
    )


def _of_words(written: Iterable[str]) -> Iterable[tuple[str, float]]:
    for word in written:
        said = [mood for mood, words in WORDS.items() if word.strip().casefold() in words]
        yield from ((mood, 1 / len(said)) for mood in said)


def _of_emotions(columns: Mapping[str, str]) -> Iterable[tuple[str, float]]:
    for name, table in EMOTIONS.items():
        try:
            felt = float(columns[name])
        except (KeyError, ValueError):
            continue
        if math.isfinite(felt) and felt > 0:
            yield from ((mood, felt * share) for mood, share in table.items())


def _normal(told: Iterable[tuple[str, float]]) -> dict[str, float] | None:
    """Return the sums by mood, as shares of their total."""
    sums = dict.fromkeys(MOODS, 0.0)
    for mood, share in told:
        sums[mood] += share
    total = sum(sums.values())
    return {mood: share / total for mood, share in sums.items()} if total > 0 else None
