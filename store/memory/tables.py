"""The tables of the in-memory store, and its transactions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace

from songs.errors import JobTaken, UnknownSong
from songs.explanation import Explained
from songs.identity import AlbumId, ArtistId, JobId, SongId, fresh
from songs.jobs import OPEN, Job, Move
from songs.labels import Labels
from songs.popularity import by_plays
from songs.song import Song, Tags
from songs.structure import Structure
from songs.vectors import Vector


@dataclass(frozen=True, slots=True)
class Entry:
    """A song and what is not served of it."""

    song: Song
    number: int
    size: int
    mtime_ns: int
    asked: Tags
    search: str
    plays: float | None = None


@dataclass(slots=True)
class Tables:
    """All tables; each a dictionary."""

    songs: dict[SongId, Entry] = field(default_factory=dict)  # in order of creation
    artists: dict[str, tuple[ArtistId, str]] = field(default_factory=dict)  # by folded name
    albums: dict[tuple[ArtistId, str], tuple[AlbumId, str]] = field(default_factory=dict)
    vectors: dict[tuple[SongId, str], Vector] = field(default_factory=dict)
    whole: dict[tuple[SongId, str], bool] = field(default_factory=dict)  # whether that vector is of the whole song
    labels: dict[tuple[SongId, str], Labels] = field(default_factory=dict)
    structures: dict[tuple[SongId, str], Structure | None] = field(default_factory=dict)
    jobs: dict[JobId, Job] = field(default_factory=dict)  # in order of creation
    changes: dict[int, SongId] = field(default_factory=dict)  # by sequence number
    deletions: dict[str, float] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    keys: dict[str, frozenset[str]] = field(default_factory=dict)  # by hash
    explanations: dict[tuple[SongId, str, str], Explained] = field(default_factory=dict)  # by song, model, label

    def copy(self) -> "Tables":
        """Return tables that can be changed without changing these."""
        return Tables(*(dict(getattr(self, f.name)) for f in fields(self)))

    @property
    def head(self) -> int:
        """The newest sequence number."""
        return next(reversed(self.changes), 0)

    def say(self, song_id: SongId) -> None:
        """Append a line to the change log."""
        self.changes[self.head + 1] = song_id

    def named(self, attribute: str, value: str | None) -> Entry | None:
        """Return the oldest song with this value."""
        fit = (e for e in self.songs.values() if value is not None and getattr(e.song, attribute) == value)
        return next(fit, None)

    def open_jobs(self, source: str) -> list[Job]:
        """Return the jobs of a source that are not over."""
        return [job for job in self.jobs.values() if job.source == source and job.state in OPEN]

    def shown(self, entry: Entry) -> Song:
        """Return a song as it is served."""
        heard = self.whole.get((entry.song.id, self.models.get("active", "")), False)
        return replace(entry.song, analysed=heard)

    def labelled(self, entry: Entry) -> Labels:
        """Return the labels by the active model, with popularity by plays where they tell it."""
        labels = self.labels.get((entry.song.id, self.models.get("active", "")), Labels())
        if entry.plays is None:
            return labels
        same = [e.plays for e in self.songs.values() if e.song.collection == entry.song.collection]
        played = [plays for plays in same if plays is not None]
        ranked = by_plays(sum(p < entry.plays for p in played), played.count(entry.plays), len(played))
        return labels if ranked is None else replace(labels, popularity=ranked)

    def entry(self, song_id: SongId) -> Entry:
        """Return a song; raises UnknownSong."""
        if song_id not in self.songs:
            raise UnknownSong(song_id)
        return self.songs[song_id]

    def heard_to_its_end(self, entry: Entry | None) -> bool:
        """Tell whether a song was, by any model."""
        return entry is not None and any(whole for key, whole in self.whole.items() if key[0] == entry.song.id)

    def swap(self, move: Move) -> None:
        """Write a job's step; raises JobTaken where the row is not ``before`` any more."""
        before = self.jobs.get(move.before.id)
        if before is None or (before.version, before.state) != (move.before.version, move.before.state):
            raise JobTaken(move.before.id)
        self.jobs[before.id] = replace(move.after, version=before.version + 1)

    def remove(self, song_id: SongId) -> None:
        """Take a song out with all that hangs on it, and say so in the change log."""
        del self.songs[song_id]
        self.explanations = {key: value for key, value in self.explanations.items() if key[0] != song_id}
        self.vectors = {key: value for key, value in self.vectors.items() if key[0] != song_id}
        self.whole = {key: value for key, value in self.whole.items() if key[0] != song_id}
        self.labels = {key: value for key, value in self.labels.items() if key[0] != song_id}
        self.structures = {key: value for key, value in self.structures.items() if key[0] != song_id}
        self.say(song_id)

    def drop_unused(self) -> None:
        """Forget artists and albums that no song has."""
        named = {entry.song.artist_id for entry in self.songs.values()}
        on = {entry.song.album_id for entry in self.songs.values()}
        self.albums = {key: value for key, value in self.albums.items() if value[0] in on}
        self.artists = {key: value for key, value in self.artists.items() if value[0] in named}


class Memory:
    """What a database is to the SQL adapters."""

    def __init__(self) -> None:
        self.name = fresh()
        self._tables, self._lock = Tables(), threading.Lock()

    def read(self) -> Tables:
        """Return the tables as of this moment; they are never changed."""
        return self._tables

    @contextmanager
    def write(self) -> Iterator[Tables]:
        """Give a copy that takes the tables' place, unless something is raised."""
        with self._lock:
            tables = self._tables.copy()
            yield tables
            self._tables = tables
