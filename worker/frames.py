"""The language between a worker and its decoder child: typed, length-prefixed frames on a pipe."""

import struct
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, BinaryIO

from songs import errors
from songs.errors import AudioError, AudioUndecodable
from songs.song import Tags

_HEAD = struct.Struct(">cI")  # kind, payload bytes
HEAD_BYTES = _HEAD.size
LARGEST = 16 << 20  # bytes of one frame: a child gone mad does not fill the worker's memory


class Kind(Enum):
    """What a frame carries."""

    FACTS = b"F"  # JSON: see Facts
    SPREAD = b"W"  # JSON: see Spread; only where windows were asked for
    SOUND = b"S"  # float32 mono samples: a block, or one window
    LEVELS = b"L"  # JSON: see Levels; after the sound of whole recordings, null where there is none to tell
    END = b"E"  # nothing: the recording is over
    ERROR = b"X"  # JSON: class and fields of an AudioError


@dataclass(frozen=True, slots=True)
class Facts:
    """What the child knows before the first sample."""

    file_rate: int  # Hz
    channels: int
    tags: Tags

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Facts":
        """Read what ``as_json`` wrote."""
        return cls(int(data["file_rate"]), int(data["channels"]), Tags(**data["tags"]))


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the windows that follow stand in the recording; where they are all of it, its whole sound follows."""

    indices: tuple[int, ...]  # of slices
    total: int  # slices of the recording
    duration: float  # seconds

    @property
    def whole(self) -> bool:
        """Whether what follows is the whole recording, as blocks."""
        return len(self.indices) == self.total

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Spread":
        """Read what ``as_json`` wrote."""
        return cls(tuple(map(int, data["indices"])), int(data["total"]), float(data["duration"]))


def write(pipe: BinaryIO, kind: Kind, payload: bytes = b"") -> None:
    """Write one frame."""
    pipe.write(_HEAD.pack(kind.value, len(payload)))
    pipe.write(payload)


def head(data: bytes) -> tuple[Kind, int]:
    """Return (kind, payload bytes) of a frame's head; raises ValueError for what is none."""
    kind, size = _HEAD.unpack(data)
    if size > LARGEST:
        raise ValueError(f"a frame of {size} bytes")
    return Kind(kind), size


_ERRORS: dict[str, type[AudioError]] = {
    value.__name__: value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, AudioError)
}


def error_as_json(error: AudioError) -> dict[str, Any]:
    """Return class and fields; every AudioError keeps its constructor's arguments under their names."""
    return {"class": type(error).__name__, "fields": vars(error)}


def error_from_json(path: str, data: dict[str, Any]) -> AudioError:
    """Build the error again; one that this side does not know is undecodable audio."""
    known = _ERRORS.get(data.get("class", ""))
    return known(**data["fields"]) if known else AudioUndecodable(path, str(data))
