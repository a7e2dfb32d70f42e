"""Labels of a song: every one with its confidence or interval and its source, JSON-ready.

A label that nobody has measured yet is there with ``value`` ``None``: nothing is served that was not measured.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several names, with the probability of each."""

    value: str | None = None  # the likeliest name
    uncertain: bool = True  # abstention: the likeliest is too unlikely to act on
    confidence: float | None = None  # probability of ``value``, 0 to 1
    probabilities: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with the interval that holds the truth in 90 of 100 cases."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Popularity:
    """0 to 100, never without its interval and its source."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    source: str | None = None  # model, tag

    def __post_init__(self) -> None:
        """Raise ValueError for a value without its interval or its source."""
        if self.value is not None and None in (self.low, self.high, self.source):
            raise ValueError("a popularity is never told without its interval and its source")


@dataclass(frozen=True, slots=True)
class Feature:
    """An audio feature under the name that streaming services gave it."""

    value: float | int | None  # None: cannot be told
    confidence: float | None  # 0 to 1
    source: str  # model, signal, tag, estimate
    low: float | None = None  # of the interval that holds the truth in 90 of 100 cases, where it was measured
    high: float | None = None
    alternatives: tuple[float, ...] = ()  # other readings, likeliest first: of a tempo, its half or double


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Everything Soundkin says of how a song sounds."""

    genre: Choice = field(default_factory=Choice)
    mood: Choice = field(default_factory=Choice)
    emotions: Mapping[str, float] = field(default_factory=dict)  # name -> share of listeners, 0 to 1
    valence: Interval = field(default_factory=Interval)  # 0 to 1
    arousal: Interval = field(default_factory=Interval)  # 0 to 1
    quadrant: Choice = field(default_factory=Choice)
    cluster: Choice = field(default_factory=Choice)
    popularity: Popularity = field(default_factory=Popularity)
    features: Mapping[str, Feature] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and numbers."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Labels":
        """Read what ``as_json`` wrote; keys this version does not know are left out."""
        return cls(
            genre=_known(Choice, data.get("genre", {})),
            mood=_known(Choice, data.get("mood", {})),
            emotions=dict(data.get("emotions", {})),
            valence=_known(Interval, data.get("valence", {})),
            arousal=_known(Interval, data.get("arousal", {})),
            quadrant=_known(Choice, data.get("quadrant", {})),
            cluster=_known(Choice, data.get("cluster", {})),
            popularity=_known(Popularity, data.get("popularity", {})),
            features={name: _feature(value) for name, value in data.get("features", {}).items()},
        )


def _feature(data: Mapping[str, Any]) -> Feature:
    return _known(Feature, {**data, "alternatives": tuple(data.get("alternatives", ()))})


def _known(cls: type[T], data: Mapping[str, Any]) -> T:
    """Build a label from the keys that it has a field for."""
    names = {f.name for f in fields(cls)}  # type: ignore[arg-type]
    return cls(**{name: value for name, value in data.items() if name in names})
