"""What signal processing tells of a song over time: beats, bars, sections and segments, JSON-ready."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """A beat, a bar or a tatum."""

    start: float  # seconds
    duration: float  # seconds
    confidence: float  # 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part that differs from its neighbours, as verse from chorus."""

    start: float  # seconds
    duration: float  # seconds
    confidence: float  # 0 to 1, of the boundary at ``start``
    loudness: float  # dBFS, RMS
    tempo: float  # beats a minute
    tempo_confidence: float  # 0 to 1
    key: int  # 0 is C, 11 is B; -1 where it cannot be told
    key_confidence: float  # 0 to 1
    mode: int  # 1 major, 0 minor, -1 where it cannot be told
    mode_confidence: float  # 0 to 1
    time_signature: int  # beats a bar; 0 where it cannot be told
    time_signature_confidence: float  # 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of one sound: about a note or a stroke."""

    start: float  # seconds
    duration: float  # seconds
    confidence: float  # 0 to 1, of the onset at ``start``
    loudness_start: float  # dBFS
    loudness_max: float  # dBFS
    loudness_max_time: float  # seconds after ``start``
    loudness_end: float  # dBFS; of the last segment, else that of the next one's start
    pitches: tuple[float, ...]  # 12 numbers, C to B, the strongest is 1
    timbre: tuple[float, ...]  # 12 numbers, unbounded, about 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A song's course. Empty lists where there is too little sound to tell."""

    duration: float  # seconds
    fade_in_end: float  # seconds; 0 where it does not fade in
    fade_out_start: float  # seconds; the duration where it does not fade out
    bars: tuple[Span, ...] = ()
    beats: tuple[Span, ...] = ()
    tatums: tuple[Span, ...] = ()
    sections: tuple[Section, ...] = ()
    segments: tuple[Segment, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return plain dicts, lists and numbers."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Structure":
        """Read what ``as_json`` wrote."""
        segments = (
            {**one, "pitches": tuple(one["pitches"]), "timbre": tuple(one["timbre"])} for one in data["segments"]
        )
        return cls(
            duration=float(data["duration"]),
            fade_in_end=float(data["fade_in_end"]),
            fade_out_start=float(data["fade_out_start"]),
            bars=tuple(Span(**one) for one in data["bars"]),
            beats=tuple(Span(**one) for one in data["beats"]),
            tatums=tuple(Span(**one) for one in data["tatums"]),
            sections=tuple(Section(**one) for one in data["sections"]),
            segments=tuple(Segment(**one) for one in segments),
        )
