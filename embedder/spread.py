"""Slices spread over a recording, which stand for all of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from embedder.descriptors.loudness import Levels
from embedder.settings import Samples

SPREAD = 16  # windows of a long recording


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Windows:
    """Some slices of a recording, and where they stand in it."""

    indices: tuple[int, ...]  # of the slices, ascending, at least one; slice i starts at second 5.12 i
    total: int  # slices in the whole recording, more than there are windows
    duration: float  # seconds, of the whole recording
    file_rate: int  # Hz
    channels: int
    samples: Iterable[Samples]  # one window for each index, (audio.window_samples,): what image() takes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Whole:
    """A recording of no more slices than one would choose of a long one: all of it."""

    total: int  # slices, at least one
    duration: float  # seconds
    file_rate: int  # Hz
    channels: int
    blocks: tuple[Samples, ...]  # as a stream gives them, the last, partial slice included
    levels: Levels | None  # see Gauge

    @property
    def indices(self) -> tuple[int, ...]:
        """Of its slices."""
        return tuple(range(self.total))


def spread(total: int, at_most: int = SPREAD) -> tuple[int, ...]:
    """Return the indices of evenly spread slices, ascending: the middles of ``at_most`` equal parts, or all of them."""
    chosen = min(total, at_most)
    return tuple((2 * part + 1) * total // (2 * chosen) for part in range(chosen))
