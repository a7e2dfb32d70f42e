"""What the rooms of the house ask of each other; every port has an in-memory twin beside its adapters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from songs.identity import JobId, SongId
from songs.jobs import Job, JobKind, JobState, Move, Outcome
from songs.labels import Labels
from songs.neighbours import ALL as ALL
from songs.neighbours import Everything as Everything
from songs.neighbours import Neighbour as Neighbour
from songs.neighbours import SongIndex as SongIndex
from songs.neighbours import SongSearch as SongSearch
from songs.neighbours import SongSet as SongSet
from songs.song import Analysis, Page, Sketch, Song, Standing, Tags
from songs.structure import Structure
from songs.vectors import Vector, Vectors

# ---- rows


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the change log: a song came or changed (``vector``), or went (``None``)."""

    seq: int
    song_id: SongId
    vector: Vector | None


class ChangeLog(Protocol):
    """The log that indexes follow. Sequence numbers grow in the order of commits, without a gap a reader could miss."""

    def identity(self) -> str:
        """Return the random name of this log: another database has another, though their numbers may be alike."""
        ...

    def head(self) -> int:
        """Return the newest sequence number, 0 for an empty log."""
        ...

    def since(self, seq: int, limit: int) -> list[Change]:
        """Return up to ``limit`` changes after ``seq``, oldest first, with each song's *present* vector."""
        ...

    def everything(self) -> tuple[int, Sequence[SongId], Vectors]:
        """Return (head, ids, vectors (n, 128)) of all songs of the active model, as of one moment."""
        ...


class Catalogue(Protocol):
    """Reading songs."""

    def song(self, song_id: SongId) -> Song:
        """Return a song; raises UnknownSong."""
        ...

    def songs(self, song_ids: Iterable[SongId]) -> Mapping[SongId, Song]:
        """Return those of the songs that exist."""
        ...

    def find(self, reference: str) -> SongId:
        """Resolve an id, ``isrc:``, ``sku:`` or ``path:``; raises UnknownSong."""
        ...

    def page(self, text: str = "", cursor: str | None = None, limit: int = 50) -> Page:
        """Return songs whose artist, title or album hold every word of ``text`` (prefixes, accents and case folded).

        Newest last, stable under inserts; raises InvalidCursor.
        """
        ...

    def labels(self, song_id: SongId) -> Labels:
        """Return the labels by the active model, empty where it has not heard the song; raises UnknownSong.

        Popularity is by plays where they are known, see ``songs.popularity``.
        """
        ...

    def labels_of(self, song_ids: Iterable[SongId]) -> Mapping[SongId, Labels]:
        """Return the labels of those of the songs that exist, as ``labels`` does."""
        ...

    def structure(self, song_id: SongId) -> Structure | None:
        """Return the course of a song, ``None`` where the active model's analysis has none; raises UnknownSong."""
        ...


class Library(Protocol):
    """Writing songs. Every method is one transaction."""

    def standing(self, source: str) -> Standing | None:
        """Return how a canonical source stands, ``None`` for a new one."""
        ...

    def sketch(self, sketch: Sketch, move: Move) -> SongId:
        """Make a song findable before all of it was heard, or write nothing.

        Song, preliminary vector, the job's move and one line of the change log are one transaction. The song is found
        again as by ``commit``. Where all of it was heard before, by any model, it stays as it is until ``commit``: then
        only the job moves. ``move.after.song_id`` is set by the store. Raises JobTaken, StoreUnavailable.
        """
        ...

    def commit(self, analysis: Analysis, move: Move) -> SongId:
        """Write song, vectors, labels, structure, the job's move and one line of the change log, or nothing.

        The song is found again by sku, then source, then by equal audio whose old path is gone; else it is new.
        ``move.after.song_id`` is set by the store. Raises JobTaken, StoreUnavailable.
        """
        ...

    def recount(self, source: str, asked: Tags, move: Move) -> SongId:
        """Write the plays of a song whose sound stands, and that ``asked`` was asked for, with the job's move.

        ``move.after.song_id`` is set by the store. Raises JobTaken, SourceChanged (no song is at that source any more),
        StoreUnavailable.
        """
        ...

    def refuse(self, move: Move) -> None:
        """Write the last move of a job whose audio is at fault; a song that was only sketched for it goes.

        The song goes with one line of the change log, in the same transaction, and is not remembered as deleted. One
        that was heard to its end before stays as it is. Raises JobTaken, StoreUnavailable.
        """
        ...

    def delete(self, song_id: SongId, *, remember: bool = True) -> None:
        """Remove song, vectors, labels and structure, and cancel its open jobs; raises UnknownSong.

        Its source is remembered as deleted, unless the song goes because its file is gone.
        """
        ...

    def mark_missing(self, sources: Iterable[str]) -> None:
        """Say that the files of these sources have vanished; the songs are still served."""
        ...

    def sources(self, folder: str) -> Mapping[str, SongId]:
        """Return the live songs whose source lies below a canonical folder, by source."""
        ...

    def deleted(self, sources: Iterable[str]) -> frozenset[str]:
        """Return those sources whose song was deleted: a folder does not bring them back."""
        ...


class JobStore(Protocol):
    """Job rows."""

    def add(self, jobs: Sequence[Job]) -> list[Job]:
        """Write new rows; where a source has an open job of that kind and label, that one is returned in place."""
        ...

    def get(self, job_id: JobId) -> Job:
        """Return a job; raises UnknownJob."""
        ...

    def swap(self, moves: Sequence[Move]) -> None:
        """Write each ``after`` (with ``version`` + 1) whose row is still ``before``, all or none; raises JobTaken."""
        ...

    def jobs(
        self,
        states: Iterable[JobState] = tuple(JobState),
        batch: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Job]:
        """Return jobs in the order they were made, those after the job ``after`` where it is given.

        Raises InvalidCursor for an ``after`` that is no job.
        """
        ...

    def unsent(self, due: float, sent_before: float, limit: int) -> list[Job]:
        """Return queued jobs, oldest first, that may begin at ``due`` and were not sent since ``sent_before``."""
        ...

    def counts(self, batch: str | None = None) -> Mapping[JobState, int]:
        """Return how many jobs stand in each state."""
        ...


class Models(Protocol):
    """Which model version serves: one row, and the way back is the same row."""

    def active(self) -> str | None:
        """Return the version whose vectors are searched; ``None`` before the first start."""
        ...

    def activate(self, model: str) -> None:
        """Serve this version from now on."""
        ...


class Keys(Protocol):
    """API keys, kept as hashes only."""

    def add(self, key: str, scopes: frozenset[str]) -> None:
        """Keep a key's hash; adding it again changes its scopes. Raises InvalidKey."""
        ...

    def scopes(self, key: str) -> frozenset[str]:
        """Return what the key may do; empty for a key that is not ours."""
        ...

    def __len__(self) -> int: ...


# ---- the queue


class JobQueue(Protocol):
    """Messages that hint at job rows; they may be lost or come twice."""

    def send(self, job_ids: Sequence[JobId]) -> None:
        """Tell some worker of these jobs; raises QueueUnavailable."""
        ...

    def depth(self) -> int:
        """Return how many messages wait; raises QueueUnavailable."""
        ...

    def wake_index(self) -> None:
        """Tell the index worker that the log has grown; raises QueueUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """A wish to ingest one canonical source, with what the caller knows of it, or to explain a label of its song."""

    source: str
    tags: Tags = field(default_factory=Tags)
    kind: JobKind = JobKind.INGEST
    label: str = ""


class Ledger(Protocol):
    """What may be done to jobs: every step is one row of the transition table."""

    def submit(self, requests: Sequence[Request], batch: str | None = None) -> list[Job]:
        """Write rows, then send messages; a broker that is away only delays the messages."""
        ...

    def claim(self, job_id: JobId, owner: str) -> Job | None:
        """Begin a job for ``owner``; ``None`` where it is not to be begun now (message lost its meaning)."""
        ...

    def beat(self, job: Job, stage: str, progress: float) -> Job:
        """Show life; raises JobTaken where somebody else has the job now."""
        ...

    def reach(self, job: Job, stage: str, progress: float) -> Move:
        """Return the move to a stage (progress 0 to 1), to be written with that stage's transaction."""
        ...

    def done(self, job: Job, outcome: Outcome) -> Move:
        """Return the last move, to be written with the song's transaction (or by ``settle``)."""
        ...

    def refused(self, job: Job, code: str, message: str) -> Move:
        """Return the last move of a job whose audio is at fault, to be written by ``Library.refuse``."""
        ...

    def settle(self, move: Move) -> Job:
        """Write a move on its own; raises JobTaken."""
        ...

    def fail(self, job: Job, code: str, message: str, *, retryable: bool) -> Job:
        """End the job with a reason, or queue it again with backoff while attempts are left (then dead)."""
        ...
