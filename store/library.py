"""Writing songs in SQL: every method is one transaction."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, exists, func, insert, select, update

from songs.errors import SourceChanged, UnknownSong
from songs.identity import SongId, fresh
from songs.jobs import Move
from songs.song import Analysis, Sketch, Standing, Tags
from songs.vectors import Vector
from store import changes, jobs
from store.columns import song_vector
from store.credits import credited, drop_unused
from store.database import Database, batches, upsert
from store.folding import haystack, storable
from store.rows import UNKNOWN_ARTIST, isrc, said_of, tags_json, title
from store.tables import deletions, labels, slices, songs, structures, vectors

_STRUCTURED = exists().where(structures.c.song_id == vectors.c.song_id, structures.c.model == vectors.c.model)


def vanished(source: str) -> bool:
    """Tell whether a source is a path that leads nowhere any more; uploads and addresses never vanish."""
    if not source.startswith("/"):
        return False
    try:
        Path(source).stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:  # there, as far as one can tell
        return False
    return False


@dataclass(frozen=True)
class SqlLibrary:
    """The port ``Library``."""

    database: Database
    vanished: Callable[[str], bool] = vanished
    clock: Callable[[], float] = time.time

    def standing(self, source: str) -> Standing | None:
        """Return how a canonical source stands, ``None`` for a new one."""
        with self.database.read() as connection:
            row = connection.execute(select(songs).where(songs.c.source == source)).one_or_none()
            if row is None:
                return None
            heard = connection.execute(
                select(vectors.c.model, vectors.c.whole, _STRUCTURED).where(vectors.c.song_id == row.id)
            ).all()
        return Standing(
            song_id=SongId(row.id),
            sha256=row.audio_sha256,
            size=row.size,
            mtime_ns=row.mtime_ns,
            models=frozenset(model for model, whole, structured in heard if whole and structured),
            sketched=frozenset(model for model, whole, _ in heard if not whole),
            missing=row.missing,
            asked=Tags(**row.asked),
        )

    def sketch(self, sketch: Sketch, move: Move) -> SongId:
        """Make a song findable before all of it was heard, or write nothing; see ``commit``.

        A song that was heard to its end, and one whose place it would take, stay as they are: then only the job moves.
        What is remembered of a deleted source stays too, until the song is whole.
        """
        vector = song_vector(sketch.vector)
        with self.database.write() as connection:
            place = self._place(connection, sketch)
            jobs.swap(connection, [replace(move, after=replace(move.after, song_id=place.song_id))])
            if not any(_heard_to_its_end(connection, song) for song in (place.known, place.stranger)):
                self._write_song(connection, sketch, place)
                _write_vector(connection, place.song_id, sketch.model, vector, whole=False)
                changes.append(connection, place.song_id)
        return place.song_id

    def commit(self, analysis: Analysis, move: Move) -> SongId:
        """Write song, vectors, labels, structure, the job's move and one line of the change log, or nothing.

        The song is found again by sku, then source, then by equal audio whose old path is gone (unless both have a sku,
        which then differ); else it is new. A song that is found by sku and takes over another song's source replaces
        that song. A sku that was given once stays until another one is given. A deleted source is so no longer.

        Raises
        ------
        JobTaken, StoreUnavailable
            Nothing was written.
        ValueError
            The vector is not 128 finite numbers.
        """
        embedding = analysis.embedding
        vector = song_vector(embedding.vector)
        with self.database.write() as connection:
            place = self._place(connection, analysis)
            jobs.swap(connection, [replace(move, after=replace(move.after, song_id=place.song_id))])
            self._write_song(connection, analysis, place)
            _write_vector(connection, place.song_id, embedding.model, vector, whole=True)
            _write_analysis(connection, analysis, place.song_id)
            connection.execute(delete(deletions).where(deletions.c.source == analysis.recording.source))
            changes.append(connection, place.song_id)
        return place.song_id

    def recount(self, source: str, asked: Tags, move: Move) -> SongId:
        """Write the plays of a song whose sound stands, and that ``asked`` was asked for, with the job's move.

        Indexes need not know: the change log gets no line. Raises JobTaken, SourceChanged, StoreUnavailable.
        """
        with self.database.write() as connection:
            song = _one(connection, songs.c.source == source)
            song_id = None if song is None else SongId(song.id)
            jobs.swap(connection, [replace(move, after=replace(move.after, song_id=song_id))])
            if song_id is None:
                raise SourceChanged(source)
            values = {"plays": asked.plays, "asked": tags_json(asked), "updated_at": self.clock()}
            connection.execute(update(songs).where(songs.c.id == song_id).values(**values))
        return song_id

    def refuse(self, move: Move) -> None:
        """Write the last move of a job whose audio is at fault; a song that was only sketched for it goes."""
        with self.database.write() as connection:
            changes.lock(connection)
            song = _one(connection, songs.c.source == move.before.source)
            goes = song is not None and not _heard_to_its_end(connection, song)
            jobs.swap(connection, [replace(move, after=replace(move.after, song_id=None)) if goes else move])
            if song is not None and goes:
                _remove(connection, song)
                drop_unused(connection, song.artist_id, song.album_id)

    def delete(self, song_id: SongId, *, remember: bool = True) -> None:
        """Remove song and all that was heard of it, cancel its open jobs, remember its source; raises UnknownSong."""
        with self.database.write() as connection:
            changes.lock(connection)
            song = _one(connection, songs.c.id == song_id)
            if song is None:
                raise UnknownSong(song_id)
            now = self.clock()
            jobs.cancel_open(connection, song.source, now)
            _remove(connection, song)
            drop_unused(connection, song.artist_id, song.album_id)
            if not remember:
                return
            gone = upsert(connection, deletions).values(source=song.source, deleted_at=now)
            connection.execute(gone.on_conflict_do_nothing())

    def mark_missing(self, sources: Iterable[str]) -> None:
        """Say that the files of these sources have vanished; the songs are still served."""
        with self.database.write() as connection:
            for part in batches(sources):
                connection.execute(update(songs).where(songs.c.source.in_(part)).values(missing=True))

    def sources(self, folder: str) -> Mapping[str, SongId]:
        """Return the songs whose source lies below a canonical folder, by source; those marked missing too."""
        prefix = storable(folder).rstrip("/") + "/"
        below = func.substr(songs.c.source, 1, len(prefix)) == prefix
        with self.database.read() as connection:
            rows = connection.execute(select(songs.c.source, songs.c.id).where(below).order_by(songs.c.source))
            return {row.source: SongId(row.id) for row in rows}

    def deleted(self, sources: Iterable[str]) -> frozenset[str]:
        """Return those sources whose song was deleted: a folder does not bring them back."""
        found: list[str] = []
        with self.database.read() as connection:
            for part in batches(sources):
                query = select(deletions.c.source).where(deletions.c.source.in_(part))
                found += connection.execute(query).scalars()
        return frozenset(found)

    def _place(self, connection: Connection, heard: Sketch | Analysis) -> "_Place":
        """Keep other writers out, and find where a recording belongs."""
        number = changes.lock(connection) + 1  # the log grows with every song, so songs are numbered in order
        known = self._known(connection, heard)
        there = _one(connection, songs.c.source == heard.recording.source)
        song_id = SongId(known.id if known else fresh())
        return _Place(song_id, number, known, there if there is not None and there.id != song_id else None)

    def _known(self, connection: Connection, heard: Sketch | Analysis) -> Row[Any] | None:
        """Find the song that this recording is, by the rules of identity."""
        sku = said_of(heard.tags.sku)
        by_sku = _one(connection, songs.c.sku == sku) if sku else None
        known = by_sku or _one(connection, songs.c.source == heard.recording.source)
        if known is not None:
            return known
        equal = select(songs).where(songs.c.audio_sha256 == heard.recording.sha256).order_by(songs.c.number)
        for row in connection.execute(equal).all():
            if (sku is None or row.sku is None) and self.vanished(row.source):
                return row
        return None

    def _write_song(self, connection: Connection, heard: Sketch | Analysis, place: "_Place") -> None:
        """Write the song's row; a stranger at its source goes."""
        recording, tags, known, now = heard.recording, heard.tags, place.known, self.clock()
        if place.stranger is not None:
            _remove(connection, place.stranger)
        artist, album = said_of(tags.artist) or UNKNOWN_ARTIST, said_of(tags.album)
        artist_id, album_id = credited(connection, artist, album)
        values = {
            "source": recording.source,
            "sku": said_of(tags.sku) or (known.sku if known else None),
            "isrc": isrc(tags.isrc),
            "title": title(heard),
            "artist_id": artist_id,
            "album_id": album_id,
            "genre_tag": said_of(tags.genre),
            "year": tags.year,
            "track": tags.track,
            "collection": said_of(tags.collection),
            "plays": tags.plays,
            "metadata": dict(tags.metadata),
            "asked": tags_json(heard.asked),
            "search": haystack(artist, title(heard), album),
            "audio_sha256": recording.sha256,
            "size": recording.size,
            "mtime_ns": recording.mtime_ns,
            "duration": recording.duration,
            "sample_rate": recording.sample_rate,
            "channels": recording.channels,
            "missing": False,
            "updated_at": now,
        }
        if known is None:
            connection.execute(insert(songs).values(id=place.song_id, number=place.number, created_at=now, **values))
        else:
            connection.execute(update(songs).where(songs.c.id == place.song_id).values(**values))
        for before in (known, place.stranger):  # only now: their artist may be this song's too
            if before is not None:
                drop_unused(connection, before.artist_id, before.album_id)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a recording belongs."""

    song_id: SongId
    number: int  # of the song, where it is new
    known: Row[Any] | None  # the song that it is
    stranger: Row[Any] | None  # another song, at its source


def _one(connection: Connection, condition: ColumnElement[bool]) -> Row[Any] | None:
    return connection.execute(select(songs).where(condition)).one_or_none()


def _heard_to_its_end(connection: Connection, song: Row[Any] | None) -> bool:
    """Tell whether a song was, by any model."""
    if song is None:
        return False
    whole = exists().where(vectors.c.song_id == song.id, vectors.c.whole)
    return bool(connection.execute(select(whole)).scalar_one())


def _write_vector(connection: Connection, song_id: SongId, model: str, vector: Vector, *, whole: bool) -> None:
    _put(connection, vectors, song_id, model, {"vector": vector, "whole": whole})


def _write_analysis(connection: Connection, analysis: Analysis, song_id: SongId) -> None:
    embedding = analysis.embedding
    heard = {"vectors": embedding.slice_vectors, "starts": embedding.slice_starts}
    _put(connection, slices, song_id, embedding.model, heard)
    _put(connection, labels, song_id, embedding.model, {"json": asdict(analysis.labels)})
    course = None if analysis.structure is None else analysis.structure.as_json()
    _put(connection, structures, song_id, embedding.model, {"packed": course})


def _put(connection: Connection, table: Table, song_id: SongId, model: str, values: Mapping[str, Any]) -> None:
    row = upsert(connection, table).values(song_id=song_id, model=model, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["song_id", "model"], set_=dict(values)))


def _remove(connection: Connection, song: Row[Any]) -> None:
    """Take a song out with all that hangs on it, and say so in the change log."""
    connection.execute(delete(songs).where(songs.c.id == song.id))
    changes.append(connection, SongId(song.id))
