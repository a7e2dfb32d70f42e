"""Labels as a person reads them: every one with its confidence or interval and its source."""

from collections.abc import Iterator, Mapping, Sequence

from songs.labels import Choice, Feature, Interval, Labels, Popularity

COLUMNS = ("label", "value", "confidence or 90 % interval", "source")
UNTOLD = "-"  # cannot be told
_RUNNERS = 3  # next likeliest names that are shown
_UNITS = {"loudness": " LUFS", "loudness_dbfs": " dBFS", "tempo": " bpm", "duration": " s"}
_KEYS = ("C", "C sharp", "D", "D sharp", "E", "F", "F sharp", "G", "G sharp", "A", "A sharp", "B")
_NAMED: Mapping[str, Sequence[str]] = {"key": _KEYS, "mode": ("minor", "major")}  # features whose number is a name's


def rows(labels: Labels) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row of ``COLUMNS`` for each label; one that cannot be told is there too."""
    for name, choice in (("genre", labels.genre), ("mood", labels.mood)):
        yield _choice(name, choice)
    yield _popularity(labels.popularity)
    for name, interval in (("valence", labels.valence), ("arousal", labels.arousal)):
        yield _interval(name, interval)
    for name, choice in (("quadrant", labels.quadrant), ("cluster", labels.cluster)):
        yield _choice(name, choice)
    for name, share in labels.emotions.items():
        yield f"emotion: {name}", f"{share:.0%}", "of listeners", "model"
    for name, feature in labels.features.items():
        yield _feature(name, feature)


def _choice(name: str, choice: Choice) -> tuple[str, str, str, str]:
    if choice.value is None:
        return name, UNTOLD, "", ""
    ranked = sorted(choice.probabilities.items(), key=lambda item: -item[1])
    runners = [f"{other} {p:.0%}" for other, p in ranked if other != choice.value][:_RUNNERS]
    sure = "" if choice.confidence is None else f"{choice.confidence:.0%}"
    then = f"; then {', '.join(runners)}" if runners else ""
    return name, choice.value + (" (uncertain)" if choice.uncertain else ""), sure + then, "model"


def _interval(name: str, interval: Interval) -> tuple[str, str, str, str]:
    if interval.value is None:
        return name, UNTOLD, "", ""
    return name, f"{interval.value:.2f}", between(interval.low, interval.high, 2), "model"


def _popularity(told: Popularity) -> tuple[str, str, str, str]:
    if told.value is None:
        return "popularity", UNTOLD, "", ""
    return "popularity", f"{told.value:.0f} of 100", between(told.low, told.high, 0), told.source or ""


def _feature(name: str, feature: Feature) -> tuple[str, str, str, str]:
    if feature.value is None:
        return name, UNTOLD, "", feature.source
    names = _NAMED.get(name, ())
    known = isinstance(feature.value, int) and 0 <= feature.value < len(names)
    value = names[int(feature.value)] if known else f"{feature.value:.4g}{_UNITS.get(name, '')}"
    parts = [between(feature.low, feature.high, 2)] if feature.low is not None else []
    parts += [f"{feature.confidence:.0%}"] if feature.confidence is not None else []
    parts += ["or " + ", ".join(f"{other:.4g}" for other in feature.alternatives)] if feature.alternatives else []
    return name, value, "; ".join(parts), feature.source


def between(low: float | None, high: float | None, digits: int) -> str:
    """Return an interval as it is read."""
    return "" if low is None or high is None else f"{low:.{digits}f} to {high:.{digits}f}"
