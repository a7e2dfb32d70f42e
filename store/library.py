"""Writing songs in SQL: every method is one transaction."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from songs.errors import UnknownSong
from songs.identity import SongId, fresh
from songs.jobs import Move
from songs.song import Analysis, Standing, Tags
from store import changes, jobs
from store.columns import song_vector
from store.credits import credited, drop_unused
from store.database import Database, batches, upsert
from store.folding import haystack, storable
from store.rows import UNKNOWN_ARTIST, isrc, said_of, tags_json, title
from store.tables import deletions, labels, slices, songs, vectors


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
            models = connection.execute(select(vectors.c.model).where(vectors.c.song_id == row.id)).scalars().all()
        return Standing(
            song_id=SongId(row.id),
            sha256=row.audio_sha256,
            size=row.size,
            mtime_ns=row.mtime_ns,
            models=frozenset(models),
            missing=row.missing,
            asked=Tags(**row.asked),
        )

    def commit(self, analysis: Analysis, move: Move) -> SongId:
        """Write song, vectors, labels, the job's move and one line of the change log, or nothing.

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
        vector = song_vector(analysis.embedding.vector)
        source = storable(analysis.recording.source)
        with self.database.write() as connection:
            number = changes.lock(connection) + 1  # the log grows with every song, so songs are numbered in order
            known = self._known(connection, analysis)
            song_id = SongId(known.id if known else fresh())
            jobs.swap(connection, [replace(move, after=replace(move.after, song_id=song_id))])
            stranger = _one(connection, songs.c.source == source)
            if stranger is not None and stranger.id != song_id:
                _remove(connection, stranger)
            self._write_song(connection, analysis, song_id, known, number)
            if stranger is not None and stranger.id != song_id:  # only now: its artist may be this song's too
                drop_unused(connection, stranger.artist_id, stranger.album_id)
            _write_sound(connection, analysis, song_id, vector)
            connection.execute(delete(deletions).where(deletions.c.source == source))
            changes.append(connection, song_id)
        return song_id

    def delete(self, song_id: SongId, *, remember: bool = True) -> None:
        """Remove song, vectors and labels, cancel its open jobs, and remember its source; raises UnknownSong."""
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

    def _known(self, connection: Connection, analysis: Analysis) -> Row[Any] | None:
        """Find the song that this recording is, by the rules of identity."""
        sku = said_of(analysis.tags.sku)
        by_sku = _one(connection, songs.c.sku == sku) if sku else None
        known = by_sku or _one(connection, songs.c.source == analysis.recording.source)
        if known is not None:
            return known
        equal = select(songs).where(songs.c.audio_sha256 == analysis.recording.sha256).order_by(songs.c.number)
        for row in connection.execute(equal).all():
            if (sku is None or row.sku is None) and self.vanished(row.source):
                return row
        return None

    def _write_song(
        self, connection: Connection, analysis: Analysis, song_id: SongId, known: Row[Any] | None, number: int
    ) -> None:
        recording, tags, now = analysis.recording, analysis.tags, self.clock()
        artist, album = said_of(tags.artist) or UNKNOWN_ARTIST, said_of(tags.album)
        artist_id, album_id = credited(connection, artist, album)
        values = {
            "source": recording.source,
            "sku": said_of(tags.sku) or (known.sku if known else None),
            "isrc": isrc(tags.isrc),
            "title": title(analysis),
            "artist_id": artist_id,
            "album_id": album_id,
            "genre_tag": said_of(tags.genre),
            "year": tags.year,
            "track": tags.track,
            "collection": said_of(tags.collection),
            "plays": tags.plays,
            "metadata": dict(tags.metadata),
            "asked": tags_json(analysis.asked),
            "search": haystack(artist, title(analysis), album),
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
            connection.execute(insert(songs).values(id=song_id, number=number, created_at=now, **values))
            return
        connection.execute(update(songs).where(songs.c.id == song_id).values(**values))
        drop_unused(connection, known.artist_id, known.album_id)


def _one(connection: Connection, condition: ColumnElement[bool]) -> Row[Any] | None:
    return connection.execute(select(songs).where(condition)).one_or_none()


def _write_sound(connection: Connection, analysis: Analysis, song_id: SongId, vector: Any) -> None:
    embedding = analysis.embedding
    of = {"song_id": song_id, "model": embedding.model}
    for table, values in (
        (vectors, {"vector": vector}),
        (slices, {"vectors": embedding.slice_vectors, "starts": embedding.slice_starts}),
        (labels, {"json": asdict(analysis.labels)}),
    ):
        row = upsert(connection, table).values(**of, **values)
        connection.execute(row.on_conflict_do_update(index_elements=["song_id", "model"], set_=values))


def _remove(connection: Connection, song: Row[Any]) -> None:
    """Take a song out with all that hangs on it, and say so in the change log."""
    connection.execute(delete(songs).where(songs.c.id == song.id))
    changes.append(connection, SongId(song.id))
