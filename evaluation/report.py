"""The evaluation page of the documentation, written from figures and from nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from embedder.split import SplitRule
from evaluation.evaluate import Collection, evaluate
from evaluation.retrieval import chance_figures

_INTRODUCTION = """\
# Is it good?

This page is written by `make evaluate CORPORA="MANIFEST ..."`; do not edit it by hand.
The figures depend on the model and the songs only, not on the machine.

- **P@1**: share of songs whose nearest neighbour has the same artist (album, genre). **R@5**: share of the songs to be
  found (at most five can be) among the nearest five. **MAP**: mean average precision over the whole ranking.
- **chance**: what P@1 would be if the neighbours were drawn at random.
- **queries**: songs to which at least one other belongs; only they are asked. Neighbours are the other songs of the
  same table. "Various artists" and compilations are no artist. Two songs share a genre if any of their genres agree.
- **genre right**: the likeliest genre is one of the song's; **commonest**: what always saying the commonest would give;
  **answered**: share of songs for which the model does not call itself uncertain.
"""

_BEFORE = """\
## Where it came from

The published recommender whose network this bundle repeats told the genre of 648 of 866 held-out songs of one
dance-music shop, 74.8 %, over nine genres of 1,000 songs each, two minutes a song. It was split by song, not by
artist. The corpora here are smaller, their songs shorter, their genres other and often several a song: the number is
context, not a yardstick.
"""


def page(model: str, rule: SplitRule, collections: Sequence[Collection]) -> str:
    """Return the page as Markdown: the artists that the bundle never heard first, then the flattering figures.

    Parameters
    ----------
    model : str
        Version of the bundle.
    rule : SplitRule
        The bundle's; it tells who was never heard.
    """
    fresh = [songs.unseen(rule) for songs in collections]
    test = ", ".join(str(fold) for fold in rule.test)
    lines = [
        _INTRODUCTION,
        f"Model: `{model}`.",
        "",
        "## Artists that the model never heard",
        "",
        f"Fold {test} of {rule.folds}, by the rule in the bundle's `bundle.json`, over all collections together.",
        "",
        *_tables(model, fresh),
        "## All songs",
        "",
        "Training songs among them: these figures flatter, and are here to be told apart from those above.",
        "",
        *_tables(model, collections),
        _BEFORE,
    ]
    return "\n".join(lines)


def _tables(model: str, collections: Iterable[Collection]) -> list[str]:
    found = [(songs, evaluate(model, songs)) for songs in collections]
    return [
        "| collection | songs | neighbours by | queries | P@1 | chance | R@5 | MAP |",
        "|---|---|---|---|---|---|---|---|",
        *(line for songs, figures in found for line in _retrieval(songs, figures)),
        "",
        "| collection | songs with a genre | genre right | commonest | answered | right when answered |",
        "|---|---|---|---|---|---|",
        *(_genre(songs.name, figures["labels"]["genre"]) for songs, figures in found if figures["labels"]),
        "",
    ]


def _retrieval(songs: Collection, figures: Mapping[str, Any]) -> Iterable[str]:
    chance = chance_figures(songs.rows)
    for name, found in figures["retrieval"].items():
        if found["queries"]:
            shown = (found["p_at_1"], chance[name]["p_at_1"], found["r_at_5"], found["map"])
            numbers = " | ".join(f"{value:.3f}" for value in shown)
            yield f"| {songs.name} | {figures['songs']} | {name} | {found['queries']} | {numbers} |"


def _genre(name: str, found: Mapping[str, Any]) -> str:
    shown = (found["accuracy"], found["base_rate"], found["answered"], found["accuracy_when_answered"])
    percent = " | ".join("-" if value is None else f"{100 * value:.1f} %" for value in shown)
    return f"| {name} | {found['songs']} | {percent} |"
