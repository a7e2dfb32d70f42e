"""What in a recording drove one of its labels: regions in seconds and Hz, and how that was checked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol

from songs.identity import SongId
from songs.jobs import Move

DOUBTFUL = 0.05  # chance above which the regions are no better than random ones
UNEVEN = 2.0  # ratio of energies from which on two deletions cannot be compared


class Explainable(StrEnum):
    """Labels that can be explained."""

    POPULARITY = "popularity"
    GENRE = "genre"
    MOOD = "mood"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A box of the sound around cells that speak for a label."""

    start: float  # seconds from the start of the recording
    end: float
    low_hz: float
    high_hz: float
    effect: float  # by how much the score falls without each of its cells alone, their sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Seconds of the recording, over all frequencies."""

    start: float
    end: float
    effect: float  # of the regions within


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What deleting the regions together costs, beside deleting as much at random."""

    share: float  # of the cells that were deleted, 0 to 1
    sets: int  # random sets of as many cells and nearly the same energy
    drop: float  # of the score without the regions
    random_mean: float  # drop of the score without a random set, mean over sets
    energy_ratio: float  # energy of a random set, mean over sets, over that of the regions
    p: float  # chance that a random set costs as much, (1 + sets that do) / (1 + sets)

    @property
    def stands_out(self) -> bool:
        """Whether the regions drive the label, as far as deletion can tell."""
        return self.drop > 0 and self.p <= DOUBTFUL and self.even

    @property
    def even(self) -> bool:
        """Whether the random sets were about as loud as the regions; of a single tone, nothing else is as loud."""
        return 1 / UNEVEN <= self.energy_ratio <= UNEVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a model gives a recording a label. Where no region stands out, none is named."""

    label: str  # popularity, genre, mood
    target: str  # the name whose score was explained: a genre, a mood; popularity itself
    score: float  # of a name, the logit of its probability; of popularity, its head's number before it becomes 0 to 100
    heard: float  # seconds of sound that were looked at; of a long recording, slices spread over it
    seconds: tuple[Span, ...]  # in the order of time
    regions: tuple[Region, ...]  # strongest first
    check: Check

    @property
    def sentence(self) -> str:
        """One plain sentence on how far the answer can be relied on."""
        check = self.check
        if not check.stands_out:
            why = f"p = {check.p:.2f}" if check.even else "nothing else in it is as loud, to compare with"
            return f"no region stands out for {self.target} ({why}): nothing is claimed"
        way = "falls" if check.random_mean >= 0 else "rises"
        return (
            f"without these regions the score of {self.target}, {self.score:.3g}, falls by {check.drop:.3g}; without "
            f"as much sound taken at random, it {way} by {abs(check.random_mean):.3g} on average (p = {check.p:.2f})"
        )

    def as_json(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and numbers."""
        data = asdict(self)
        data["seconds"] = [asdict(span) for span in self.seconds]
        data["regions"] = [asdict(region) for region in self.regions]
        return {**data, "stands_out": self.check.stands_out, "sentence": self.sentence}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Explanation":
        """Read what ``as_json`` wrote."""
        return cls(
            label=data["label"],
            target=data["target"],
            score=data["score"],
            heard=data["heard"],
            seconds=tuple(Span(**span) for span in data["seconds"]),
            regions=tuple(Region(**region) for region in data["regions"]),
            check=Check(**data["check"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An explanation of a stored song, as it is kept."""

    song_id: SongId
    model: str  # version that gave the label
    audio_sha256: str  # of the recording that was looked at
    explanation: Explanation
    picture: bytes  # PNG


class Explanations(Protocol):
    """The port of what is kept of explanations: one for each song, model and label, gone with the song."""

    def keep(self, explained: Explained, move: Move) -> None:
        """Write an explanation, in the place of an older one, and the job's move, or nothing; raises JobTaken."""
        ...

    def explanation(self, song_id: SongId, label: str) -> Explanation:
        """Return why the active model gives a song a label; raises UnknownSong, NotExplained.

        An explanation of another recording than the one that stands is none.
        """
        ...

    def picture(self, song_id: SongId, label: str) -> bytes:
        """Return the picture of an explanation, a PNG; raises UnknownSong, NotExplained."""
        ...
