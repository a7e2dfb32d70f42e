"""What labels are worth, as Markdown: from the figures that `soundkin train` measured over all its rounds."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from embedder.training.heads.headlines import Figures, headlines
from evaluation.tables import number, percent, table
from songs.errors import InvalidManifest

# The project's goals, on songs that are in no manifest here.
GOALS: Mapping[str, str] = MappingProxyType(
    {
        "emotions: mean r of nine": ".60",
        "emotions: joyful activation": "above .65",
        "emotions: tension": "above .65",
        "liked: r": ".47",
        "genre: likeliest is right, Emotify": ".75",
        "genre: expected calibration error": "under .05",
        "quadrant: right": ".78",
        "quadrant: AUC of valence": ".87",
        "quadrant: AUC of arousal": ".95",
        "valence: share within the 90 % interval": ".85 to .95",
        "cluster: right": ".55",
    }
)


def read(path: Path) -> Figures | None:
    """Read the figures that training wrote; ``None`` where there are none.

    Raises
    ------
    InvalidManifest
        Where the file is something else.
    """
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidManifest(str(path), f"is no JSON: {error}") from error
    if not isinstance(data, dict) or "songs" not in data:
        raise InvalidManifest(str(path), "holds no figures of labels")
    return data


def shown(found: Figures, ceilings: Mapping[str, float] = MappingProxyType({})) -> list[str]:
    """Return the tables: measures beside goals, listeners, abstention, features, other corpora.

    ``ceilings``: see ``listeners.ceilings``; of the emotions, ``liked`` and ``disliked``.
    """
    return [
        *_measured(found),
        *_felt(found, ceilings),
        *_reliable(found),
        *_abstaining(found),
        *_featured(found),
        *_abroad(found.get("abroad", ())),
    ]


def _measured(found: Figures) -> list[str]:
    rows = [(name, told, str(songs), GOALS.get(name, "-")) for name, (told, songs) in headlines(found).items()]
    return table(("label", "unheard artists", "songs", "goal, elsewhere"), rows)


def _felt(found: Figures, ceilings: Mapping[str, float]) -> list[str]:
    each = {**found.get("emotions", {}).get("each", {}), "liked": found.get("popularity", {}).get("liked")}
    rows = [
        (name, number(one["value"]), number(ceilings[name]), percent(one["value"] / ceilings[name]))
        for name, one in each.items()
        if one and ceilings.get(name)
    ]
    told = (
        "Listeners differ, so no r with the mean of some twenty of them reaches 1. The ceiling is the root of the "
        "reliability of that mean (split halves, Spearman and Brown):"
    )
    return [told, "", *table(("what listeners felt", "r", "ceiling", "of it"), rows)] if rows else []


def _reliable(found: Figures) -> list[str]:
    rows = [
        (name, str(one["songs"]), number(one["told"]), number(one["right"]))
        for name in ("genre", "mood", "quadrant", "cluster")
        for one in found.get(name, {}).get("reliability", ())
    ]
    return ["How often the likeliest name was right, by how sure it was:", "",
            *table(("label", "songs", "mean told", "right"), rows)] if rows else []  # fmt: skip


def _abstaining(found: Figures) -> list[str]:
    rows = [
        (name, number(one["threshold"]), percent(one["answered"]), percent(one["wrong"]))
        for name, one in found.get("abstention", {}).items()
    ]
    told = "Below its threshold a label is `uncertain`; the threshold bounds how many of the others are wrong:"
    return [told, "", *table(("label", "threshold", "answered", "of these wrong"), rows)] if rows else []


def _featured(found: Figures) -> list[str]:
    rows = [
        (name, f"{one['r']['value']:.3f} ± {one['r']['error']:.3f}", number(one["error"]),
         number(one["error_of_the_median"]))
        for name, one in found.get("features", {}).items()
    ]  # fmt: skip
    told = "Spotify's own numbers of the same recordings, told by a head of their own, and by their median:"
    return [told, "", *table(("column", "r", "mean error", "of the median"), rows)] if rows else []


def _abroad(found: Sequence[Figures]) -> list[str]:
    rows = [
        (one["genre"], one["taught"], one["asked"], str(one["songs"]), number(one["area"]), number(one["told"]),
         number(one["true"]), number(one["calibration_error"]))
        for one in found
    ]  # fmt: skip
    told = "Genre taught on one corpus only and asked of another: order holds better than probability does."
    columns = ("genre", "taught on", "asked of", "songs", "AUC", "mean told", "true share", "calibration error")
    return [told, "", *table(columns, rows)] if rows else []
