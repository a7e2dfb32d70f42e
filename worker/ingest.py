"""The use case: one job, one recording, one transaction a stage. It may run twice, or half, and be run again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from songs.errors import AudioError, SourceChanged
from songs.jobs import Job, Outcome
from songs.labels import Labels
from songs.ports import Ledger, Library
from songs.song import Analysis, Embedding, Recording, Sketch, Standing, Tags
from songs.structure import Structure

log = logging.getLogger("soundkin.ingest")

SKETCHED = 0.2  # of the job is done when a long song can be found


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
    structure: Structure | None
    tags: Tags  # the file's own
    duration: float  # seconds
    sample_rate: int  # Hz, of the file
    channels: int
    whole: bool = True  # else a few windows of it were heard: nothing but the vector is to be kept


Listen = Callable[[str, Callable[[float], None]], Sound]  # (path, told the share that is heard, 0 to 1)


class Watch(Protocol):
    """Keeps the job's heart beating meanwhile."""

    def at(self, stage: str, progress: float) -> None:
        """Say how far the job is (0 to 1); raises JobTaken where somebody else has it by now."""
        ...

    def step(self, write: Callable[[Job], Job]) -> None:
        """Let ``write`` move the job, which nobody else here moves meanwhile, and go on with what it returns.

        Raises JobTaken, and whatever ``write`` raises.
        """
        ...

    def stop(self) -> Job:
        """End the beats and return the job as it stands in the store; raises JobTaken."""
        ...


def settled(standing: Standing | None, sha256: str, model: str, asked: Tags) -> bool:
    """Tell whether a source stands in the catalogue as this request would leave it."""
    return _as_wished(standing, sha256, asked) and standing is not None and model in standing.models


def _only_plays(standing: Standing | None, sha256: str, model: str, asked: Tags) -> bool:
    """Tell whether a source stands as this request would leave it, but for its plays, which nobody hears."""
    if standing is None:
        return False
    return settled(standing, sha256, model, replace(asked, plays=standing.asked.plays))


def sketched(standing: Standing | None, sha256: str, model: str, asked: Tags) -> bool:
    """Tell whether the first stage of this request was done: what is missing is the analysis."""
    return _as_wished(standing, sha256, asked) and standing is not None and model in standing.sketched


def _as_wished(standing: Standing | None, sha256: str, asked: Tags) -> bool:
    if standing is None or standing.missing:
        return False
    return standing.sha256 == sha256 and standing.asked == asked


@dataclass(frozen=True, slots=True)
class Ingest:
    """Make a catalogue entry of a source, or find that it stands already.

    A song that was never heard to its end comes in two stages. *vector*: a few spread windows are heard; where they
    would be all of a short song, it is heard whole, and that is all. A long song is committed with the preliminary
    vector and can be found. *analysis*: the whole song is heard and committed. A song that was heard to its end before
    keeps what it has until then. Where a request changes nothing but the plays of a song, it is not heard at all.
    """

    model: str  # version of the weights
    path: Callable[[str], str]  # where a source's file lies
    facts: Callable[[str], Facts]  # reads and hashes a file
    touched: Callable[[str], tuple[int, int] | None]  # its (bytes, mtime in ns) now
    preview: Listen  # hears a few windows, or all of a short song
    listen: Listen  # hears all of it
    library: Library
    ledger: Ledger
    wake: Callable[[], None] = lambda: None  # called when the change log has grown, though the job goes on

    def __call__(self, job: Job, watch: Watch) -> Job:
        """Run a claimed job to its end.

        The index is not touched: it follows the change log.

        Raises
        ------
        AudioError
            The recording is at fault; the caller refuses the job, and with it a song that was only sketched.
        JobTaken
            Somebody else has the job; nothing was written, or nothing but the first stage.
        StoreUnavailable, SourceChanged
            To be tried again.
        """
        watch.at("read", 0.0)
        path = self.path(job.source)
        facts = self.facts(path)
        standing = self.library.standing(job.source)
        if settled(standing, facts.sha256, self.model, job.tags):
            return self.ledger.settle(self.ledger.done(watch.stop(), Outcome.UNCHANGED))
        if _only_plays(standing, facts.sha256, self.model, job.tags):
            move = self.ledger.done(watch.stop(), Outcome.COMMITTED)
            return replace(move.after, song_id=self.library.recount(job.source, job.tags, move))
        sound = None
        if _never_analysed(standing) and not sketched(standing, facts.sha256, self.model, job.tags):
            sound = self._preview(path, watch)
        if sound is None or not sound.whole:
            if sound is not None:
                self._sketch(job, path, facts, sound, watch)
            sound = self.listen(path, lambda share: watch.at("analysis", SKETCHED + (1 - SKETCHED) * share))
        self._still(job, path, facts)
        move = self.ledger.done(watch.stop(), Outcome.COMMITTED)
        self.library.commit(_analysis(job, facts, sound), move)
        return move.after

    def _preview(self, path: str, watch: Watch) -> Sound | None:
        """Hear a few windows; ``None`` where that does not work: then the whole song has the last word."""
        try:
            return self.preview(path, lambda share: watch.at("vector", SKETCHED * share))
        except AudioError as error:
            log.info("%s: no early vector: %s", path, error)
            return None

    def _sketch(self, job: Job, path: str, facts: Facts, sound: Sound, watch: Watch) -> None:
        """Make the song findable; the job goes on, moved by the same transaction."""
        self._still(job, path, facts)
        sketch = Sketch(
            recording=_recording(job, facts, sound),
            tags=job.tags.over(sound.tags),
            model=sound.embedding.model,
            vector=sound.embedding.vector,
            asked=job.tags,
        )

        def write(held: Job) -> Job:
            move = self.ledger.reach(held, "analysis", SKETCHED)
            return replace(move.after, song_id=self.library.sketch(sketch, move))

        watch.step(write)
        self.wake()

    def _still(self, job: Job, path: str, facts: Facts) -> None:
        if self.touched(path) != (facts.size, facts.mtime_ns):
            raise SourceChanged(job.source)


def _never_analysed(standing: Standing | None) -> bool:
    return standing is None or not standing.models


def _recording(job: Job, facts: Facts, sound: Sound) -> Recording:
    return Recording(
        source=job.source,
        sha256=facts.sha256,
        size=facts.size,
        mtime_ns=facts.mtime_ns,
        duration=sound.duration,
        sample_rate=sound.sample_rate,
        channels=sound.channels,
    )


def _analysis(job: Job, facts: Facts, sound: Sound) -> Analysis:
    return Analysis(
        recording=_recording(job, facts, sound),
        tags=job.tags.over(sound.tags),
        embedding=sound.embedding,
        labels=sound.labels,
        structure=sound.structure,
        asked=job.tags,
    )
