"""Figures as Markdown tables."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evaluation.comparison import Comparison, Line
from evaluation.examples import Example
from evaluation.probes import CorpusProbe, Robustness
from evaluation.reliability import Reliability
from evaluation.rounds import MEASURES, Crossed, Spread
from evaluation.variants import Hubs, Variant

# The issue's own figures, of songs that are in no manifest here: to be read as differences, not number by number.
HELD_BACK = (
    Line(
        name="*elsewhere: the published 128-d extractor of the seed*",
        artist_p_at_1=0.25, artist_map=0.28, album_map=0.36, genre_p_at_1=0.55, genre_probe=0.56, emotions=0.35,
        liked=0.23,
    ),
    Line(
        name="*elsewhere: the plain baseline*",
        artist_p_at_1=0.43, artist_map=0.40, album_map=0.59, genre_p_at_1=0.64, genre_probe=0.65, emotions=0.43,
        liked=0.30,
    ),
    Line(
        name="*elsewhere: must*",
        artist_p_at_1=0.50, artist_map=0.46, album_map=0.64, genre_p_at_1=0.76, genre_probe=0.70, emotions=0.54,
        liked=0.43,
    ),
    Line(
        name="*elsewhere: goal*",
        artist_p_at_1=0.58, artist_map=0.52, album_map=0.72, genre_p_at_1=0.80, genre_probe=0.75, emotions=0.60,
        liked=0.47,
    ),
)  # fmt: skip


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a Markdown table and the empty line after it."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return [*lines, *("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows), ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def number(value: float | None) -> str:
    """Return three decimals, a dash for nothing."""
    return "-" if value is None else f"{value:.3f}"


def percent(value: float | None) -> str:
    """Return a share in percent, a dash for nothing."""
    return "-" if value is None else f"{100 * value:.1f} %"


def compared(found: Comparison) -> list[str]:
    """Return the lines of all contenders; those of the issue below where the songs have listeners' emotions."""
    lines = [*found.lines, *(HELD_BACK if any(line.emotions is not None for line in found.lines) else ())]
    columns = ("vector", "artist P@1 / MAP", "album MAP", "genre P@1", "genre probe", "emotions r", "liked r")
    return table(columns, map(_line, lines))


def crossed(found: Sequence[Crossed]) -> list[str]:
    """Return mean and standard deviation over the rounds of a cross-validation."""
    rows = [(one.collection, one.contender, str(one.songs), *map(_spread, one.measures.values())) for one in found]
    return table(("collection", "vector", "songs", *MEASURES), rows)


def _spread(told: Spread | None) -> str:
    return "-" if told is None else f"{told.mean:.3f} ± {told.deviation:.3f}"


def _line(line: Line) -> tuple[str, ...]:
    artist = "-" if line.artist_map is None else f"{number(line.artist_p_at_1)} / {number(line.artist_map)}"
    others = (line.album_map, line.genre_p_at_1, line.genre_probe, line.emotions, line.liked)
    return (line.name, artist, *map(number, others))


def retrieved(figures: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return how well neighbours belong together, a line for each collection and relation that has queries."""
    columns = ("collection", "songs", "neighbours by", "queries", "P@1", "chance", "R@5", "MAP")
    rows = []
    for name, found in figures.items():
        for by, near in found["retrieval"].items():
            if near["queries"]:
                shown = (near["p_at_1"], found["chance"][by]["p_at_1"], near["r_at_5"], near["map"])
                rows.append((name, str(found["songs"]), by, str(near["queries"]), *map(number, shown)))
    return table(columns, rows)


def told(figures: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Return how often the genre is told right; figures are pairs of a name and ``label_figures``."""
    columns = ("collection", "songs with a genre", "genre right", "commonest", "answered", "right when answered")
    measures = ("accuracy", "base_rate", "answered", "accuracy_when_answered")
    rows = [
        (name, str(found["genre"]["songs"]), *(percent(found["genre"][measure]) for measure in measures))
        for name, found in figures
        if found
    ]
    return table(columns, rows)


def apart(probes: Mapping[str, Sequence[CorpusProbe]]) -> list[str]:
    """Return how well collections are told apart, a line a pair and genre, a column a contender."""
    rows = []
    for own in zip(*probes.values(), strict=True):
        first = own[0]
        songs = " + ".join(map(str, first.songs))
        rows.append((first.genre, " / ".join(first.collections), songs, *(number(one.accuracy) for one in own)))
    return table(("genre", "collections", "songs", *probes), rows)


def robust(found: Sequence[Robustness]) -> list[str]:
    """Return what became of changed songs."""
    columns = ("change", "songs", "own original nearest", "mean cosine", "least cosine")
    rows = [(f.change, str(f.songs), percent(f.own_nearest), number(f.mean), number(f.least)) for f in found]
    return table(columns, rows)


def processed(found: Sequence[Variant]) -> list[str]:
    """Return every variant's figures, a few columns a collection."""
    columns, cells = ["vectors and ranking"], [[variant.name] for variant in found]
    for place, first in enumerate(found[0].reached):
        measures = {"artist MAP": "artist_map", "genre P@1": "genre_p_at_1", "skew": "skew"}
        for shown, name in measures.items():
            if getattr(first, name) is not None:
                columns.append(f"{first.collection}: {shown}")
                for row, variant in zip(cells, found, strict=True):
                    row.append(number(getattr(variant.reached[place], name)))
    return table(columns, cells)


def hubs(found: Sequence[Hubs]) -> list[str]:
    """Return how often songs are near others."""
    columns = ("ranking", "songs", "skew", "greatest hub", "songs in no list")
    return table(columns, [(h.name, str(h.songs), f"{h.skew:.2f}", str(h.most), percent(h.never)) for h in found])


def reliable(found: Reliability) -> list[str]:
    """Return the bins of a calibration."""
    rows = [
        (f"{one.low:.1f} to {one.high:.1f}", percent(one.share), number(one.told), number(one.kin))
        for one in found.bins
    ]
    return table(("probability", "share of pairs", "mean told", "of one artist"), rows)


def exemplified(found: Sequence[Example]) -> list[str]:
    """Return songs with their neighbours; what a neighbour shares stands behind its score."""
    rows = []
    for example in found:
        near = [f"{one.song} ({', '.join([f'{one.score:.2f}', *one.same])})" for one in example.neighbours]
        genre = f" [{example.genre}]" if example.genre else ""
        rows.append((f"{example.song}{genre}", *near))
    return table(("song [genre]", "nearest", "second", "third"), rows)
