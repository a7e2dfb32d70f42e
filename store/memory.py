"""The in-memory twin of the store: the same promises, kept with dictionaries.

A transaction works on a copy of the tables, and the copy takes their place at its end: all or nothing, and a reader
sees the tables as of one moment.
"""

import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace

import numpy as np

from songs.errors import InvalidCursor, InvalidKey, JobTaken, UnknownJob, UnknownSong
from songs.identity import AlbumId, ArtistId, JobId, SongId, fresh
from songs.jobs import OPEN, Job, JobState, Move
from songs.labels import Labels
from songs.ports import Change
from songs.settings import valid_key
from songs.song import Analysis, Page, Song, Standing, Tags
from songs.vectors import DIMENSIONS, Vector, Vectors
from store.catalogue import cursor_after, number_after, real_path
from store.columns import song_vector
from store.folding import haystack, name_key, query_words, storable
from store.keys import key_hash
from store.library import vanished
from store.rows import UNKNOWN_ARTIST, isrc, said_of, title
from store.store import Store


@dataclass(frozen=True, slots=True)
class _Entry:
    """A song and what is not served of it."""

    song: Song
    number: int
    size: int
    mtime_ns: int
    asked: Tags
    search: str


@dataclass(slots=True)
class _Tables:
    songs: dict[SongId, _Entry] = field(default_factory=dict)  # in order of creation
    artists: dict[str, tuple[ArtistId, str]] = field(default_factory=dict)  # by folded name
    albums: dict[tuple[ArtistId, str], tuple[AlbumId, str]] = field(default_factory=dict)
    vectors: dict[tuple[SongId, str], Vector] = field(default_factory=dict)
    labels: dict[tuple[SongId, str], Labels] = field(default_factory=dict)
    jobs: dict[JobId, Job] = field(default_factory=dict)  # in order of creation
    changes: dict[int, SongId] = field(default_factory=dict)  # by sequence number
    deletions: dict[str, float] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    keys: dict[str, frozenset[str]] = field(default_factory=dict)  # by hash

    def copy(self) -> "_Tables":
        return _Tables(*(dict(getattr(self, f.name)) for f in fields(self)))

    @property
    def head(self) -> int:
        return next(reversed(self.changes), 0)

    def say(self, song_id: SongId) -> None:
        self.changes[self.head + 1] = song_id

    def named(self, attribute: str, value: str | None) -> _Entry | None:
        """Return the oldest song with this value."""
        fit = (e for e in self.songs.values() if value is not None and getattr(e.song, attribute) == value)
        return next(fit, None)

    def open_job(self, source: str) -> Job | None:
        return next((job for job in self.jobs.values() if job.source == source and job.state in OPEN), None)


class Memory:
    """What a database is to the SQL adapters."""

    def __init__(self) -> None:
        self._tables, self._lock = _Tables(), threading.Lock()

    def read(self) -> _Tables:
        """Return the tables as of this moment; they are never changed."""
        return self._tables

    @contextmanager
    def write(self) -> Iterator[_Tables]:
        """Give a copy that takes the tables' place, unless something is raised."""
        with self._lock:
            tables = self._tables.copy()
            yield tables
            self._tables = tables


@dataclass(frozen=True, slots=True)
class MemorySongs:
    """Twin of ``SqlSongs``."""

    memory: Memory
    vanished: Callable[[str], bool] = vanished
    clock: Callable[[], float] = time.time

    def song(self, song_id: SongId) -> Song:
        """Return a song; raises UnknownSong."""
        return _entry(self.memory.read(), song_id).song

    def songs(self, song_ids: Iterable[SongId]) -> Mapping[SongId, Song]:
        """Return those of the songs that exist."""
        tables = self.memory.read()
        return {song_id: tables.songs[song_id].song for song_id in song_ids if song_id in tables.songs}

    def find(self, reference: str) -> SongId:
        """Resolve an id, ``isrc:``, ``sku:`` or ``path:``; the oldest of several with one isrc; raises UnknownSong."""
        by, wanted = _named(reference)
        found = self.memory.read().named(by, wanted)
        if found is None:
            raise UnknownSong(reference)
        return found.song.id

    def page(self, text: str = "", cursor: str | None = None, limit: int = 50) -> Page:
        """Return one page of the songs that hold every word of ``text``; raises InvalidCursor."""
        after, limit = 0 if cursor is None else number_after(cursor), max(limit, 1)
        looked_for = [f" {word}" for word in query_words(text)]
        fit = [e for e in self.memory.read().songs.values() if all(word in e.search for word in looked_for)]
        left = fit[bisect_right([e.number for e in fit], after) :]
        more = cursor_after(left[limit - 1].number) if len(left) > limit else None
        return Page(tuple(e.song for e in left[:limit]), more, len(fit))

    def labels(self, song_id: SongId) -> Labels:
        """Return the labels by the active model, empty where it has not heard the song; raises UnknownSong."""
        tables = self.memory.read()
        return tables.labels.get((_entry(tables, song_id).song.id, tables.models.get("active", "")), Labels())

    def standing(self, source: str) -> Standing | None:
        """Return how a canonical source stands, ``None`` for a new one."""
        tables = self.memory.read()
        entry = tables.named("source", storable(source))
        if entry is None:
            return None
        return Standing(
            song_id=entry.song.id,
            sha256=entry.song.audio_sha256,
            size=entry.size,
            mtime_ns=entry.mtime_ns,
            models=frozenset(model for song_id, model in tables.vectors if song_id == entry.song.id),
            missing=entry.song.missing,
            asked=entry.asked,
        )

    def commit(self, analysis: Analysis, move: Move) -> SongId:
        """Write song, vectors, labels, the job's move and one line of the change log, or nothing; raises JobTaken."""
        vector = song_vector(analysis.embedding.vector)
        source, model = storable(analysis.recording.source), analysis.embedding.model
        with self.memory.write() as tables:
            known = self._known(tables, analysis)
            song_id = known.song.id if known else SongId(fresh())
            _swap(tables, Move(move.before, replace(move.after, song_id=song_id)))
            number = known.number if known else tables.head + 1
            stranger = tables.named("source", source)
            if stranger is not None and stranger.song.id != song_id:
                _remove(tables, stranger)
            tables.songs[song_id] = self._written(tables, analysis, song_id, known, number)
            tables.vectors[song_id, model] = vector.copy()
            tables.labels[song_id, model] = analysis.labels
            tables.deletions.pop(source, None)
            _drop_unused(tables)
            tables.say(song_id)
        return song_id

    def delete(self, song_id: SongId) -> None:
        """Remove song, vectors and labels, cancel its open jobs, remember its source as deleted; raises UnknownSong."""
        with self.memory.write() as tables:
            entry = _entry(tables, song_id)
            now, job = self.clock(), tables.open_job(entry.song.source)
            if job is not None:
                ended = replace(job, state=JobState.CANCELLED, owner=None, heartbeat=None, finished_at=now)
                _swap(tables, Move(job, ended))
            _remove(tables, entry)
            _drop_unused(tables)
            tables.deletions[entry.song.source] = now

    def mark_missing(self, sources: Iterable[str]) -> None:
        """Say that the files of these sources have vanished; the songs are still served."""
        with self.memory.write() as tables:
            for source in sources:
                entry = tables.named("source", storable(source))
                if entry is not None:
                    tables.songs[entry.song.id] = replace(entry, song=replace(entry.song, missing=True))

    def sources(self, folder: str) -> Mapping[str, SongId]:
        """Return the songs whose source lies below a canonical folder, by source; those marked missing too."""
        prefix = storable(folder).rstrip("/") + "/"
        songs = [entry.song for entry in self.memory.read().songs.values()]
        return {song.source: song.id for song in songs if song.source.startswith(prefix)}

    def deleted(self, sources: Iterable[str]) -> frozenset[str]:
        """Return those sources whose song was deleted: a folder does not bring them back."""
        return frozenset(storable(source) for source in sources) & self.memory.read().deletions.keys()

    def _known(self, tables: _Tables, analysis: Analysis) -> _Entry | None:
        recording, sku = analysis.recording, said_of(analysis.tags.sku)
        known = tables.named("sku", sku) or tables.named("source", storable(recording.source))
        if known is not None:
            return known
        equal = (e for e in tables.songs.values() if e.song.audio_sha256 == recording.sha256)
        moved = (e for e in equal if (sku is None or e.song.sku is None) and self.vanished(e.song.source))
        return next(moved, None)

    def _written(
        self, tables: _Tables, analysis: Analysis, song_id: SongId, known: _Entry | None, number: int
    ) -> _Entry:
        recording, tags, now = analysis.recording, analysis.tags, self.clock()
        artist, album = said_of(tags.artist) or UNKNOWN_ARTIST, said_of(tags.album)
        artist_id, artist_name = tables.artists.setdefault(name_key(artist), (ArtistId(fresh()), artist))
        album_id, album_title = None, None
        if album is not None:
            album_id, album_title = tables.albums.setdefault((artist_id, name_key(album)), (AlbumId(fresh()), album))
        song = Song(
            id=song_id,
            title=title(analysis),
            artist=artist_name,
            artist_id=artist_id,
            album=album_title,
            album_id=album_id,
            genre_tag=said_of(tags.genre),
            year=tags.year,
            track=tags.track,
            isrc=isrc(tags.isrc),
            sku=said_of(tags.sku) or (known.song.sku if known else None),
            collection=said_of(tags.collection),
            source=storable(recording.source),
            audio_sha256=recording.sha256,
            duration=recording.duration,
            missing=False,
            created_at=known.song.created_at if known else now,
            updated_at=now,
            metadata=dict(tags.metadata),
        )
        search = haystack(artist, song.title, album)
        return _Entry(song, number, recording.size, recording.mtime_ns, analysis.asked, search)


@dataclass(frozen=True, slots=True)
class MemoryChangeLog:
    """Twin of ``SqlChangeLog``."""

    memory: Memory

    def head(self) -> int:
        """Return the newest sequence number, 0 for an empty log."""
        return self.memory.read().head

    def since(self, seq: int, limit: int) -> list[Change]:
        """Return up to ``limit`` changes after ``seq``, oldest first, with each song's present vector."""
        tables = self.memory.read()
        active = tables.models.get("active", "")
        lines = [(number, song_id) for number, song_id in tables.changes.items() if number > seq][:limit]
        return [Change(number, song_id, tables.vectors.get((song_id, active))) for number, song_id in lines]

    def everything(self) -> tuple[int, Sequence[SongId], Vectors]:
        """Return (head, ids, vectors (n, 128) float32) of all songs of the active model, as of one moment."""
        tables = self.memory.read()
        found = {song_id: v for (song_id, model), v in tables.vectors.items() if model == tables.models.get("active")}
        return tables.head, list(found), np.array(list(found.values()), dtype=np.float32).reshape(-1, DIMENSIONS)


@dataclass(frozen=True, slots=True)
class MemoryJobs:
    """Twin of ``SqlJobs``."""

    memory: Memory

    def add(self, wanted: Sequence[Job]) -> list[Job]:
        """Write new rows; where a source has an open job already, that one is returned in place."""
        with self.memory.write() as tables:
            open_jobs = {job.source: job for job in tables.jobs.values() if job.state in OPEN}
            for job in wanted:
                source = storable(job.source)
                if source not in open_jobs:
                    open_jobs[source] = tables.jobs[job.id] = replace(job, source=source)
            return [open_jobs[storable(job.source)] for job in wanted]

    def get(self, job_id: JobId) -> Job:
        """Return a job; raises UnknownJob."""
        found = self.memory.read().jobs.get(job_id)
        if found is None:
            raise UnknownJob(job_id)
        return found

    def swap(self, moves: Sequence[Move]) -> None:
        """Write each ``after`` (with ``version`` + 1) whose row is still ``before``, all or none; raises JobTaken."""
        with self.memory.write() as tables:
            for move in moves:
                _swap(tables, move)

    def jobs(
        self,
        states: Iterable[JobState] = tuple(JobState),
        batch: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Job]:
        """Return jobs in the order they were made, those after the job ``after``; raises InvalidCursor."""
        wanted, everyone = frozenset(states), self.memory.read().jobs
        if after is not None and after not in everyone:
            raise InvalidCursor(after)
        begin = 0 if after is None else list(everyone).index(JobId(after)) + 1
        rest = list(everyone.values())[begin:]
        fit = [job for job in rest if job.state in wanted and (batch is None or job.batch == batch)]
        return fit[:limit]

    def unsent(self, due: float, sent_before: float, limit: int) -> list[Job]:
        """Return queued jobs, oldest first, that may begin at ``due`` and were not sent since ``sent_before``."""
        queued = [job for job in self.memory.read().jobs.values() if job.state is JobState.QUEUED]
        return [j for j in queued if j.not_before <= due and (j.sent_at is None or j.sent_at < sent_before)][:limit]

    def counts(self, batch: str | None = None) -> Mapping[JobState, int]:
        """Return how many jobs stand in each state, 0 included."""
        jobs = [job for job in self.memory.read().jobs.values() if batch is None or job.batch == batch]
        return {state: sum(job.state is state for job in jobs) for state in JobState}


@dataclass(frozen=True, slots=True)
class MemoryModels:
    """Twin of ``SqlModels``."""

    memory: Memory

    def active(self) -> str | None:
        """Return the version whose vectors are searched; ``None`` before the first start."""
        return self.memory.read().models.get("active")

    def activate(self, model: str) -> None:
        """Serve this version from now on; the change log gets a line for every song."""
        with self.memory.write() as tables:
            if tables.models.get("active") != model:
                tables.models["active"] = model
                for song_id in tables.songs:
                    tables.say(song_id)


@dataclass(frozen=True, slots=True)
class MemoryKeys:
    """Twin of ``SqlKeys``."""

    memory: Memory

    def add(self, key: str, scopes: frozenset[str]) -> None:
        """Keep a key's hash; adding it again changes its scopes. Raises InvalidKey."""
        if not valid_key(key):
            raise InvalidKey
        with self.memory.write() as tables:
            tables.keys[key_hash(key)] = scopes

    def scopes(self, key: str) -> frozenset[str]:
        """Return what the key may do; empty for a key that is not ours."""
        return self.memory.read().keys.get(key_hash(key), frozenset())

    def __len__(self) -> int:
        return len(self.memory.read().keys)


def memory_store(*, vanished: Callable[[str], bool] = vanished, clock: Callable[[], float] = time.time) -> Store:
    """Return an empty store that lives as long as it is held; for parameters see ``open_store``."""
    memory = Memory()
    return Store(
        songs=MemorySongs(memory, vanished, clock),
        log=MemoryChangeLog(memory),
        jobs=MemoryJobs(memory),
        models=MemoryModels(memory),
        keys=MemoryKeys(memory),
    )


def _entry(tables: _Tables, song_id: SongId) -> _Entry:
    if song_id not in tables.songs:
        raise UnknownSong(song_id)
    return tables.songs[song_id]


def _named(reference: str) -> tuple[str, str | None]:
    """Return the attribute that a reference is about, and its value; ``None`` for one that no song has."""
    kind, colon, value = reference.partition(":")
    if not colon:
        return "id", reference
    values = {"isrc": isrc(value), "sku": said_of(value), "path": real_path(value)}
    return "source" if kind == "path" else kind if kind in values else "id", values.get(kind)


def _swap(tables: _Tables, move: Move) -> None:
    before = tables.jobs.get(move.before.id)
    if before is None or (before.version, before.state) != (move.before.version, move.before.state):
        raise JobTaken(move.before.id)
    tables.jobs[before.id] = replace(move.after, version=before.version + 1)


def _remove(tables: _Tables, entry: _Entry) -> None:
    gone = entry.song.id
    del tables.songs[gone]
    tables.vectors = {key: value for key, value in tables.vectors.items() if key[0] != gone}
    tables.labels = {key: value for key, value in tables.labels.items() if key[0] != gone}
    tables.say(gone)


def _drop_unused(tables: _Tables) -> None:
    named = {entry.song.artist_id for entry in tables.songs.values()}
    on = {entry.song.album_id for entry in tables.songs.values()}
    tables.albums = {key: value for key, value in tables.albums.items() if value[0] in on}
    tables.artists = {key: value for key, value in tables.artists.items() if value[0] in named}
