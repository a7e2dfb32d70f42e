"""The use case: one job, one recording, one transaction. It may run twice, or half, and be run again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from songs.errors import SourceChanged
from songs.jobs import Job, Outcome
from songs.labels import Labels
from songs.ports import Ledger, Library
from songs.song import Analysis, Embedding, Recording, Standing, Tags


class Facts(Protocol):
    """What a file was when it was looked at."""

    @property
    def sha256(self) -> str:
        """Of the whole file, hex."""
        ...

    @property
    def size(self) -> int:
        """Bytes."""
        ...

    @property
    def mtime_ns(self) -> int:
        """When it was last written, Unix nanoseconds."""
        ...


@dataclass(frozen=True, slots=True)
class Sound:
    """What listening to a recording gives."""

    embedding: Embedding
    labels: Labels
    tags: Tags  # the file's own
    duration: float  # seconds
    sample_rate: int  # Hz, of the file
    channels: int


class Watch(Protocol):
    """Keeps the job's heart beating meanwhile."""

    def at(self, stage: str, progress: float) -> None:
        """Say how far the job is (0 to 1); raises JobTaken where somebody else has it by now."""
        ...

    def stop(self) -> Job:
        """End the beats and return the job as it stands in the store."""
        ...


def settled(standing: Standing | None, sha256: str, model: str, asked: Tags) -> bool:
    """Tell whether a source stands in the catalogue as this request would leave it."""
    return (
        standing is not None
        and not standing.missing
        and standing.sha256 == sha256
        and model in standing.models
        and standing.asked == asked
    )


@dataclass(frozen=True, slots=True)
class Ingest:
    """Make a catalogue entry of a source, or find that it stands already."""

    model: str  # version of the weights
    path: Callable[[str], str]  # where a source's file lies
    facts: Callable[[str], Facts]  # reads and hashes a file
    touched: Callable[[str], tuple[int, int] | None]  # its (bytes, mtime in ns) now
    listen: Callable[[str, Callable[[float], None]], Sound]  # (path, progress 0 to 1)
    library: Library
    ledger: Ledger

    def __call__(self, job: Job, watch: Watch) -> Job:
        """Run a claimed job to its end.

        The index is not touched: it follows the change log.

        Raises
        ------
        AudioError
            The recording is at fault; the caller fails the job.
        JobTaken
            Somebody else has the job; nothing was written.
        StoreUnavailable, SourceChanged
            To be tried again.
        """
        watch.at("read", 0.0)
        path = self.path(job.source)
        facts = self.facts(path)
        standing = self.library.standing(job.source)
        if settled(standing, facts.sha256, self.model, job.tags):
            return self.ledger.settle(self.ledger.done(watch.stop(), Outcome.UNCHANGED))
        sound = self.listen(path, lambda progress: watch.at("listen", progress))
        if self.touched(path) != (facts.size, facts.mtime_ns):
            raise SourceChanged(job.source)
        analysis = self._analysis(job, facts, sound)
        watch.at("commit", 1.0)
        move = self.ledger.done(watch.stop(), Outcome.COMMITTED)
        self.library.commit(analysis, move)
        return move.after

    def _analysis(self, job: Job, facts: Facts, sound: Sound) -> Analysis:
        return Analysis(
            recording=Recording(
                source=job.source,
                sha256=facts.sha256,
                size=facts.size,
                mtime_ns=facts.mtime_ns,
                duration=sound.duration,
                sample_rate=sound.sample_rate,
                channels=sound.channels,
            ),
            tags=job.tags.over(sound.tags),
            embedding=sound.embedding,
            labels=sound.labels,
            asked=job.tags,
        )
