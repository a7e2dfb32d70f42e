"""The model card: what a bundle was made of, what it can do, and what may be done with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from embedder.spectrogram import AudioSettings
from embedder.split import RULE, SplitRule
from embedder.training.dataset import Example, counted
from embedder.training.heads.headlines import Figures, headlines
from embedder.training.recipe import History, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """All that is to be told of one training."""

    name: str  # of the bundle
    recipe: Recipe
    audio: AudioSettings
    split: SplitRule
    used: Sequence[Example]
    names: Sequence[str]  # genres that it can tell
    history: History
    metrics: Mapping[str, Any]  # "validation" and "test", see judge.figures
    terms: str


TAUGHT: Mapping[str, str] = MappingProxyType(
    {
        "seed": "It was taught to tell genres; what it knows of similarity follows from that.",
        "kin": "Half of what it hears is learnt, by telling genres, quadrants and clusters of mood, artists, "
        "albums, what listeners felt and the statistics of the song; the other half are statistics of timbre, rhythm "
        "and harmony, computed inside the network. One linear map, fitted without labels, makes the vector of both.",
    }
)


def card(done: Training) -> str:
    """Return the card as Markdown."""
    lines = [
        f"# Model card: {done.name}",
        "",
        "Turns a recording into 128 numbers, so that recordings that sound alike lie close together, and labels it.",
        TAUGHT[done.recipe.architecture],
        "",
        "## Input",
        "",
        f"Mono, {done.audio.sample_rate} Hz; log-mel images of {done.audio.mels} bands x {done.audio.frames} frames "
        f"({done.audio.slice_seconds:.2f} s), {done.audio.range_db:.0f} dB below each image's own peak.",
        "",
        "## Training",
        "",
        f"Architecture `{done.recipe.architecture}`, {done.recipe.optimizer} at {done.recipe.rate:g}, "
        f"batch {done.recipe.batch}, at most {done.recipe.epochs} epochs, "
        f"{_patience(done.recipe)}, seed {done.recipe.seed}; "
        f"it ran {len(done.history.get('loss', ()))} epochs. "
        "A song of several genres teaches all of them in equal shares.",
        "",
        "## Data",
        "",
        "| corpus | songs | slices | train | validation | test |",
        "|---|---|---|---|---|---|",
        *(_corpus(corpus, done.used) for corpus in sorted({example.corpus for example in done.used})),
        "",
        "| genre | train | validation | test |",
        "|---|---|---|---|",
        *(f"| {genre} | {a} | {b} | {c} |" for genre, a, b, c in counted(done.used, done.names)),
        "",
        "## Split",
        "",
        *_split(done),
        "",
        "| measure | validation | test |",
        "|---|---|---|",
        *_figures(done.metrics),
        "",
        *_labels(done.metrics.get("labels")),
        "## Limits",
        "",
        "- Genres with few training songs are told badly; an uncertain answer says so.",
        "- A song is right if the likeliest genre is one of its own; many have several.",
        "- The figures hold for excerpts like those it was taught with.",
        "",
        "## Licence",
        "",
        done.terms.strip(),
        "",
    ]
    return "\n".join(lines)


def _split(done: Training) -> list[str]:
    judged = (done.metrics.get("judged") or [None])[0]
    measured = SplitRule() if judged and not done.split.test else done.split
    told = (
        f"By artist: test is fold {_list(measured.test)}, validation fold {_list(measured.validation)} "
        f"of {measured.folds}. {RULE}"
    )
    chosen = "The test artists were never heard before; stopping and thresholds were chosen on the validation artists."
    if measured is done.split:
        return [told, "", "## Figures (whole songs)", "", chosen]
    taught = (
        f"This bundle was taught to all songs, those artists included. The figures are of `{judged}`, the same recipe "
        "taught without them; thresholds and calibration are its too."
    )
    return [told, "", taught, "", "## Figures (whole songs)", "", chosen]


def _labels(found: Figures | None) -> list[str]:
    """Return what labels are worth for unheard artists, over all rounds, where that was measured."""
    if not found:
        return []
    return [
        "## Labels",
        "",
        "By heads of the same kind for artists that neither they nor their network had heard; ± is the standard error. "
        "Valence and arousal are our numbers and not Spotify's; popularity is how much listeners like music that "
        "sounds like this, not how often it is played.",
        "",
        "| label | value | songs |",
        "|---|---|---|",
        *(f"| {name} | {told} | {songs} |" for name, (told, songs) in headlines(found).items()),
        "",
    ]


def _patience(recipe: Recipe) -> str:
    return "no early stopping" if recipe.patience is None else f"patience {recipe.patience}"


def _corpus(corpus: str, used: Sequence[Example]) -> str:
    own = [example for example in used if example.corpus == corpus]
    parts = [str(sum(example.part == part for example in own)) for part in ("train", "validation", "test")]
    return f"| {corpus} | {len(own)} | {sum(example.slices for example in own)} | {' | '.join(parts)} |"


def _figures(metrics: Mapping[str, Any]) -> list[str]:
    rows = []
    for label, key in (
        ("songs", "songs"),
        ("genre right", "accuracy"),
        ("always the commonest genre", "base_rate"),
        ("share answered", "answered"),
        ("right when answered", "accuracy_when_answered"),
    ):
        rows.append(f"| {label} | " + " | ".join(_shown(metrics[part], key) for part in ("validation", "test")) + " |")
    nearest = [(metrics[part] or {}).get("retrieval", {}).get("genre") for part in ("validation", "test")]
    rows.append("| nearest neighbour shares a genre | " + " | ".join(_shown(part, "p_at_1") for part in nearest) + " |")
    return rows


def _shown(part: Mapping[str, Any] | None, key: str) -> str:
    value = (part or {}).get(key)
    return "-" if value is None else str(value) if isinstance(value, int) else f"{100 * value:.1f} %"


def _list(folds: Sequence[int]) -> str:
    return ", ".join(str(fold) for fold in folds)
