"""Songs and the change log in memory."""

import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from songs.errors import SourceChanged, UnknownSong
from songs.identity import AlbumId, ArtistId, SongId, fresh
from songs.jobs import JobState, Move
from songs.labels import Labels
from songs.ports import Change
from songs.song import Analysis, Page, Sketch, Song, Standing, Tags
from songs.structure import Structure
from songs.vectors import DIMENSIONS, Vectors
from store.catalogue import cursor_after, number_after, real_path
from store.columns import song_vector
from store.folding import haystack, name_key, query_words, storable
from store.library import vanished
from store.memory.tables import Entry, Memory, Tables
from store.rows import UNKNOWN_ARTIST, isrc, said_of, title


@dataclass(frozen=True, slots=True)
class MemorySongs:
    """Twin of ``SqlSongs``."""

    memory: Memory
    vanished: Callable[[str], bool] = vanished
    clock: Callable[[], float] = time.time

    def song(self, song_id: SongId) -> Song:
        """Return a song; raises UnknownSong."""
        tables = self.memory.read()
        return tables.shown(tables.entry(song_id))

    def songs(self, song_ids: Iterable[SongId]) -> Mapping[SongId, Song]:
        """Return those of the songs that exist."""
        tables = self.memory.read()
        return {song_id: tables.shown(tables.songs[song_id]) for song_id in song_ids if song_id in tables.songs}

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
        tables = self.memory.read()
        fit = [e for e in tables.songs.values() if all(word in e.search for word in looked_for)]
        left = fit[bisect_right([e.number for e in fit], after) :]
        more = cursor_after(left[limit - 1].number) if len(left) > limit else None
        return Page(tuple(tables.shown(e) for e in left[:limit]), more, len(fit))

    def labels(self, song_id: SongId) -> Labels:
        """Return the labels by the active model, empty where it has not heard the song; raises UnknownSong."""
        tables = self.memory.read()
        return tables.labelled(tables.entry(song_id))

    def labels_of(self, song_ids: Iterable[SongId]) -> Mapping[SongId, Labels]:
        """Return the labels of those of the songs that exist, as ``labels`` does."""
        tables = self.memory.read()
        return {song_id: tables.labelled(tables.songs[song_id]) for song_id in song_ids if song_id in tables.songs}

    def structure(self, song_id: SongId) -> Structure | None:
        """Return the course of a song, ``None`` where the active model's analysis has none; raises UnknownSong."""
        tables = self.memory.read()
        return tables.structures.get((tables.entry(song_id).song.id, tables.models.get("active", "")))

    def standing(self, source: str) -> Standing | None:
        """Return how a canonical source stands, ``None`` for a new one."""
        tables = self.memory.read()
        entry = tables.named("source", storable(source))
        if entry is None:
            return None
        mine = {model: whole for (song_id, model), whole in tables.whole.items() if song_id == entry.song.id}
        return Standing(
            song_id=entry.song.id,
            sha256=entry.song.audio_sha256,
            size=entry.size,
            mtime_ns=entry.mtime_ns,
            models=frozenset(m for m, whole in mine.items() if whole and (entry.song.id, m) in tables.structures),
            sketched=frozenset(model for model, whole in mine.items() if not whole),
            missing=entry.song.missing,
            asked=entry.asked,
        )

    def sketch(self, sketch: Sketch, move: Move) -> SongId:
        """Make a song findable before all of it was heard, or write nothing; raises JobTaken."""
        vector = song_vector(sketch.vector)
        with self.memory.write() as tables:
            known, there = self._known(tables, sketch), tables.named("source", storable(sketch.recording.source))
            song_id = known.song.id if known else SongId(fresh())
            tables.swap(Move(move.before, replace(move.after, song_id=song_id)))
            if not any(tables.heard_to_its_end(entry) for entry in (known, there)):
                self._write(tables, sketch, song_id, known)
                tables.vectors[song_id, sketch.model] = vector.copy()
                tables.whole[song_id, sketch.model] = False
                tables.say(song_id)
        return song_id

    def commit(self, analysis: Analysis, move: Move) -> SongId:
        """Write a song and all that was heard of it, and the job's move, or nothing; raises JobTaken."""
        vector, model = song_vector(analysis.embedding.vector), analysis.embedding.model
        with self.memory.write() as tables:
            known = self._known(tables, analysis)
            song_id = known.song.id if known else SongId(fresh())
            tables.swap(Move(move.before, replace(move.after, song_id=song_id)))
            self._write(tables, analysis, song_id, known)
            tables.vectors[song_id, model] = vector.copy()
            tables.whole[song_id, model] = True
            tables.labels[song_id, model] = analysis.labels
            tables.structures[song_id, model] = analysis.structure
            tables.deletions.pop(storable(analysis.recording.source), None)
            tables.say(song_id)
        return song_id

    def recount(self, source: str, asked: Tags, move: Move) -> SongId:
        """Write the plays of a song whose sound stands; raises JobTaken, SourceChanged."""
        with self.memory.write() as tables:
            entry = tables.named("source", storable(source))
            tables.swap(Move(move.before, replace(move.after, song_id=entry.song.id if entry else None)))
            if entry is None:
                raise SourceChanged(source)
            song = replace(entry.song, updated_at=self.clock())
            tables.songs[song.id] = replace(entry, song=song, asked=asked, plays=asked.plays)
        return song.id

    def refuse(self, move: Move) -> None:
        """Write the last move of a job whose audio is at fault; a song that was only sketched for it goes."""
        with self.memory.write() as tables:
            entry = tables.named("source", storable(move.before.source))
            goes = entry is not None and not tables.heard_to_its_end(entry)
            tables.swap(Move(move.before, replace(move.after, song_id=None)) if goes else move)
            if entry is not None and goes:
                tables.remove(entry.song.id)
                tables.drop_unused()

    def delete(self, song_id: SongId, *, remember: bool = True) -> None:
        """Remove song and all that was heard of it, cancel its open jobs, remember its source; raises UnknownSong."""
        with self.memory.write() as tables:
            entry = tables.entry(song_id)
            now = self.clock()
            for job in tables.open_jobs(entry.song.source):
                ended = replace(job, state=JobState.CANCELLED, owner=None, heartbeat=None, finished_at=now)
                tables.swap(Move(job, ended))
            tables.remove(song_id)
            tables.drop_unused()
            if remember:
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

    def _known(self, tables: Tables, heard: Sketch | Analysis) -> Entry | None:
        recording, sku = heard.recording, said_of(heard.tags.sku)
        known = tables.named("sku", sku) or tables.named("source", storable(recording.source))
        if known is not None:
            return known
        equal = (e for e in tables.songs.values() if e.song.audio_sha256 == recording.sha256)
        moved = (e for e in equal if (sku is None or e.song.sku is None) and self.vanished(e.song.source))
        return next(moved, None)

    def _write(self, tables: Tables, heard: Sketch | Analysis, song_id: SongId, known: Entry | None) -> None:
        """Write the song; a stranger at its source goes."""
        number = known.number if known else tables.head + 1
        stranger = tables.named("source", storable(heard.recording.source))
        if stranger is not None and stranger.song.id != song_id:
            tables.remove(stranger.song.id)
        tables.songs[song_id] = self._written(tables, heard, song_id, known, number)
        tables.drop_unused()

    def _written(
        self, tables: Tables, heard: Sketch | Analysis, song_id: SongId, known: Entry | None, number: int
    ) -> Entry:
        recording, tags, now = heard.recording, heard.tags, self.clock()
        artist, album = said_of(tags.artist) or UNKNOWN_ARTIST, said_of(tags.album)
        artist_id, artist_name = tables.artists.setdefault(name_key(artist), (ArtistId(fresh()), artist))
        album_id, album_title = None, None
        if album is not None:
            album_id, album_title = tables.albums.setdefault((artist_id, name_key(album)), (AlbumId(fresh()), album))
        song = Song(
            id=song_id,
            title=title(heard),
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
        return Entry(song, number, recording.size, recording.mtime_ns, heard.asked, search, tags.plays)


@dataclass(frozen=True, slots=True)
class MemoryChangeLog:
    """Twin of ``SqlChangeLog``."""

    memory: Memory

    def identity(self) -> str:
        """Return the random name of these tables."""
        return self.memory.name

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


def _named(reference: str) -> tuple[str, str | None]:
    """Return the attribute that a reference is about, and its value; ``None`` for one that no song has."""
    kind, colon, value = reference.partition(":")
    if not colon:
        return "id", reference
    values = {"isrc": isrc(value), "sku": said_of(value), "path": real_path(value)}
    return "source" if kind == "path" else kind if kind in values else "id", values.get(kind)
