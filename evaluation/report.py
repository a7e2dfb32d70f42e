"""The evaluation page of the documentation, written from figures and from nothing else."""

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from embedder.training.heads.headlines import Figures
from evaluation import tables, worth
from evaluation.ablation import Ablation, shown
from evaluation.findings import Findings
from evaluation.variants import GAIN, LOSS, Variant

_INTRODUCTION = """\
# Is it good?

This page is written by `make evaluate CORPORA="MANIFEST ..."`; do not edit it by hand.
The figures depend on the model and the songs only; a probe's last digit may differ with the version of scikit-learn.

- **P@1**: share of songs whose nearest neighbour has the same artist (album, genre). **R@5**: share of the songs to be
  found (at most five can be) among the nearest five. **MAP**: mean average precision over the whole ranking.
- **chance**: what the figure would be if the neighbours were drawn at random, or the commonest genre always told.
- **queries**: songs to which at least one other belongs; only they are asked. Neighbours are the other songs of the
  same table. "Various artists" and compilations are no artist. Two songs share a genre if any of their genres agree.
- **genre probe**: share of songs with one genre whose genre a logistic regression tells from the vector.
  **emotions r**, **liked r**: correlation of what a ridge regression tells with what listeners said (mean over nine
  emotions). Probes are taught with the songs that taught the model and asked about the others; the strength of their
  regularisation is chosen by artist-disjoint cross-validation over the former.
- **genre right**: the likeliest genre that the bundle tells is one of the song's; **answered**: share of songs for
  which it does not call itself uncertain.
"""

_COMPARED = """\
The baseline is what any engineer would try first: mean and deviation of MFCC, chroma and spectral contrast (librosa),
standardised and PCA-whitened over the training songs. The lines called *elsewhere* are the project's own targets and
where its peers stood, on 100 other songs by 40 other artists that are in no corpus here: they are context, and a
difference to the baseline says more than a number.
"""

_ROUNDS = """\
### Other artists held back, other seeds

The recipe taught three times, with other folds held back and another seed each time, so that every artist is unheard by
one of the networks; mean ± standard deviation over the rounds. *Difference* is taken within a round, where both are
asked about the same songs. A bundle of the first round is what the rest of this page is about.
"""

_LABELS = """\
## Labels

Heads fitted to what each of the three networks was taught, asked about the artists that it never heard; every song is
told once, {songs:,} in all. Thresholds, temperatures and intervals were measured on other artists than they are judged
by (five groups). ± is the standard error over artists. The shipped heads are fitted to all songs, with these settings;
they cannot be judged here, and on the very songs that taught them they look surer than they should. What each label is,
and what it is not: [labels](labels.md). About 150 settings were compared on these same folds, which flatters a little.
The goals are of other songs, held back from everybody: a difference to them is no forecast.
"""

_CORPUS = """\
### Can the corpus be told from the vector?

A logistic regression tries to tell two corpora apart from songs of one genre, judged on artists that it was not taught
with; balanced accuracy, 0.5 is chance. Corpora differ in codec and length, but also in which songs of a genre they
hold, so this bounds from above what the codec leaves in a vector.
"""

_ROBUST = """\
## Robustness

Songs of artists that the model never heard, at most 30 of a collection, of half a minute or more, are changed as a
recording may be on its way; then the nearest of {originals} originals is looked for. It should be the song's own.
"""

_PROCESSED = """\
## Post-processing

What might be done after the network, measured on the same unheard artists; whatever has to be fitted is fitted to the
training songs. **skew**: skewness of how often a song is among the ten nearest of others; 0 is even, above 1 hubs rule.
"""

_CALIBRATED = """\
## What a score means

A logistic curve over the cosine, `1 / (1 + exp(-(a * cosine + b)))` with a = {slope:.3f} and b = {intercept:.3f}, gives
the probability that a listener hears kinship, meaning here that both songs are of one artist. It is fitted to {alike}
pairs of one artist (at most ten of each of {artists} artists) and {random} random pairs, all of artists that the model
never heard, both songs of one corpus. Both kinds weigh the same: the odds before listening are taken as even. In a
catalogue, where far fewer pairs are kin, the number orders and compares scores; it is not the share of kin among the
answers.

Each pair is judged by a curve that was fitted to other artists (five groups). Expected calibration error:
**{error:.3f}**. A pair of one artist scores higher than a random one in {separation:.1f} % of cases.
"""

_BEFORE = """\
## Where it came from

The published recommender whose design this one repeats told the genre of 648 of 866 held-out songs of one dance-music
shop, 74.8 %, over nine genres of 1,000 songs each, two minutes a song. It was split by song, not by artist. The corpora
here are smaller, their songs shorter, their genres other and often several a song: the number is context, not a
yardstick.
"""

_FLATTERING = """\
## All songs

Training songs among them: these figures flatter, and are here to be told apart from those above.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """What the page shows and no figure says."""

    map: str | None = None  # addresses of pictures, relative to the page
    confusion: str | None = None
    reliability: str | None = None
    curves: str | None = None
    ablation: Ablation | None = None
    labels: Figures | None = None
    sureness: str | None = None  # address of the picture of how often labels were right
    ceilings: Mapping[str, float] = field(default_factory=dict)  # of what listeners felt
    tried: str = ""  # Markdown


def page(found: Findings, enclosed: Enclosed) -> str:
    """Return the page as Markdown: the artists that the bundle never heard first, the flattering figures last."""
    sections = (
        [_INTRODUCTION, *_who(found), ""],
        _unheard(found, enclosed),
        [_ROUNDS, *tables.crossed(found.rounds)] if found.rounds else [],
        [_CORPUS, *tables.apart(found.corpus_probes)] if any(found.corpus_probes.values()) else [],
        [_ROBUST.format(originals=f"{found.originals:,}"), *tables.robust(found.robustness)]
        if found.robustness
        else [],
        _labelled(enclosed),
        _processed(found),
        _calibrated(found, enclosed),
        _illustrated(found, enclosed),
        ["## What was tried", "", enclosed.tried.strip() or "Nothing is written down yet.", ""],
        ["## How the training went", "", f"![curves]({enclosed.curves})", ""] if enclosed.curves else [],
        ["## Seeds and parts of the recipe", "", *shown(enclosed.ablation), ""] if enclosed.ablation else [],
        [_BEFORE],
        [_FLATTERING, *_tables(found)],
    )
    return "\n".join(line for section in sections for line in section).rstrip() + "\n"


def _who(found: Findings) -> list[str]:
    if found.shipped == found.model:
        return [f"Model: `{found.model}`, the one that is shipped."]
    lines = [f"Model: `{found.model}`, taught so that artists are left whom it never heard."]
    if found.shipped_heard_all:
        return [
            *lines,
            f"The shipped model, `{found.shipped}`, was taught by the same recipe with all songs, these artists",
            "included: nothing here is left that it could be judged by, so its twin is.",
        ]
    return [*lines, f"The shipped model is another one, `{found.shipped}`."]


def _unheard(found: Findings, enclosed: Enclosed) -> list[str]:
    lines = [
        "## Artists that the model never heard",
        "",
        _paragraph(
            f"Folds {_list((*found.test, *found.validation))} of {found.folds} of all artists, by the rule in the "
            f"bundle's `bundle.json`, over all collections together. {_used(found)} What the recipe itself was chosen "
            "on is told under [What was tried](#what-was-tried)."
        ),
        "",
    ]
    # the collection that says most of its songs comes first
    for one in sorted(found.comparisons, key=lambda one: -sum(line.emotions is not None for line in one.lines)):
        lines += [f"### {one.collection}: {one.songs} songs by {one.artists} artists", ""]
        error = f"{math.sqrt(0.25 / one.queries):.3f}"
        lines += [f"{one.queries} of them have another of their artist; P@1 has a standard error of up to {error}.", ""]
        lines += tables.compared(one)
        lines += [_COMPARED] if one.collection == _richest(found) else []
    return [*lines, *_detailed(found, enclosed)]


def _detailed(found: Findings, enclosed: Enclosed) -> list[str]:
    lines = ["### In detail", "", *tables.retrieved(found.unseen)]
    parts = [
        (f"{name}, {part}", told) for name, parts in found.genre_by_part.items() for part, told in parts.items() if told
    ]
    lines += tables.told(parts) if parts else []
    if enclosed.confusion:
        lines += ["Which genre is taken for which (a song of several stands in each of its rows):", ""]
        lines += [f"![confusion of genres]({enclosed.confusion})", ""]
    return lines


def _used(found: Findings) -> str:
    if not found.validation:
        return "The training saw none of them."
    return (
        f"The training used fold {_list(found.test)} (test) for nothing; fold {_list(found.validation)} (validation) "
        "taught no weight, but training may have stopped by it, and the threshold of the genre was chosen on it."
    )


def _paragraph(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def _richest(found: Findings) -> str:
    return max(found.comparisons, key=lambda one: sum(line.emotions is not None for line in one.lines)).collection


def _processed(found: Findings) -> list[str]:
    if not found.variants or not found.variants[0].reached:
        return []
    hubs = ["Over all songs of all collections together, as one catalogue would hold them:", ""]
    return [_PROCESSED, *tables.processed(found.variants), *hubs, *tables.hubs(found.hubs), *_used_none(found.variants)]


def _used_none(variants: Sequence[Variant]) -> list[str]:
    served, *others = variants
    winners = [one.name for one in others if one.beats(served)]
    judged = f"By these figures {_list(winners)} would: to be confirmed on other folds before it is used."
    return [
        _paragraph(
            "None of them is in use: vectors are served as the network gives them, slices averaged, and ranked by "
            f"cosine. A step would earn its place by {GAIN:.2f} more artist MAP on every collection at a cost of at "
            f"most {LOSS:.2f} genre P@1. {judged if winners else 'None does.'} CSLS and mutual proximity also make a "
            "score depend on which other songs a catalogue holds: it would change with every song that is added."
        ),
        "",
    ]


def _labelled(enclosed: Enclosed) -> list[str]:
    if enclosed.labels is None:
        return []
    picture = [f"![reliability of labels]({enclosed.sureness})", ""] if enclosed.sureness else []
    text = _LABELS.format(songs=enclosed.labels["songs"])
    return [text, *worth.shown(enclosed.labels, enclosed.ceilings), *picture]


def _calibrated(found: Findings, enclosed: Enclosed) -> list[str]:
    told = found.reliability
    if told is None:
        return []
    text = _CALIBRATED.format(
        slope=told.slope, intercept=told.intercept, alike=told.alike, random=told.random, artists=told.artists,
        error=told.error, separation=100 * told.separation,
    )  # fmt: skip
    picture = [f"![reliability]({enclosed.reliability})", ""] if enclosed.reliability else []
    return [text, *tables.reliable(told), *picture]


def _illustrated(found: Findings, enclosed: Enclosed) -> list[str]:
    lines = ["## A map, and some neighbours", ""]
    if enclosed.map:
        lines += [
            "Songs with a genre, of artists that the model never heard; near ones lie near each other (t-SNE):",
            "",
        ]
        lines += [f"![map of songs]({enclosed.map})", ""]
    if found.examples:
        lines += [
            "Two songs of each collection in the order of the hash of their names, so that nobody chose them; then the",
            "next of each, if any, of whose neighbours none shares artist or genre. In brackets: the cosine, and what",
            "is shared.",
            "",
            *tables.exemplified(found.examples),
        ]
    return lines if len(lines) > 2 else []


def _tables(found: Findings) -> list[str]:
    return [
        *tables.retrieved(found.everything),
        *tables.told([(name, figures["labels"]) for name, figures in found.everything.items()]),
    ]


def _list(items: Sequence[object]) -> str:
    return ", ".join(map(str, items))
