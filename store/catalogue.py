"""Reading songs in SQL."""

import base64
import binascii
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, select

from songs.errors import InvalidCursor, UnknownSong
from songs.identity import SongId
from songs.labels import Labels
from songs.song import Page, Song
from songs.structure import Structure
from store import plays
from store.database import Database, batches
from store.folding import query_words
from store.rows import isrc, said_of, song_of
from store.tables import albums, artists, labels, models, songs, structures, vectors

_CURSOR = re.compile(r"after ([0-9]{1,18})\Z")
_ACTIVE = select(models.c.active).scalar_subquery()
_ANALYSED = exists().where(vectors.c.song_id == songs.c.id, vectors.c.model == _ACTIVE, vectors.c.whole)
_WHOLE = (
    select(songs, artists.c.name.label("artist"), albums.c.title.label("album"), _ANALYSED.label("analysed"))
    .join(artists, artists.c.id == songs.c.artist_id)
    .outerjoin(albums, albums.c.id == songs.c.album_id)
)
_LABELLED = select(songs.c.id, songs.c.collection, songs.c.plays, labels.c.json).outerjoin_from(
    songs, labels, (labels.c.song_id == songs.c.id) & (labels.c.model == _ACTIVE)
)
_STRUCTURED = select(songs.c.id, structures.c.packed).outerjoin_from(
    songs, structures, (structures.c.song_id == songs.c.id) & (structures.c.model == _ACTIVE)
)


def cursor_after(number: int) -> str:
    """Return the cursor of what comes after a song's number."""
    return base64.urlsafe_b64encode(f"after {number}".encode()).decode().rstrip("=")


def number_after(cursor: str) -> int:
    """Return the number in a cursor; raises InvalidCursor."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (ValueError, binascii.Error) as error:
        raise InvalidCursor(cursor) from error
    found = _CURSOR.match(text)
    if found is None:
        raise InvalidCursor(cursor)
    return int(found[1])


def real_path(path: str) -> str | None:
    """Return the canonical name of a path, ``None`` for one that no system can have."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):  # a NUL, or a loop of links
        return None


@dataclass(frozen=True)
class SqlCatalogue:
    """The port ``Catalogue``."""

    database: Database

    def song(self, song_id: SongId) -> Song:
        """Return a song; raises UnknownSong."""
        found = self.songs([song_id])
        if song_id not in found:
            raise UnknownSong(song_id)
        return found[song_id]

    def songs(self, song_ids: Iterable[SongId]) -> Mapping[SongId, Song]:
        """Return those of the songs that exist."""
        found: list[Row[Any]] = []
        with self.database.read() as connection:
            for part in batches(song_ids):
                found += connection.execute(_WHOLE.where(songs.c.id.in_(part)))
        return {SongId(row.id): song_of(row) for row in found}

    def find(self, reference: str) -> SongId:
        """Resolve an id, ``isrc:``, ``sku:`` or ``path:``; the oldest of several with one isrc; raises UnknownSong."""
        condition = _named(reference)
        if condition is None:
            raise UnknownSong(reference)
        with self.database.read() as connection:
            query = select(songs.c.id).where(condition).order_by(songs.c.number).limit(1)
            found = connection.execute(query).scalar_one_or_none()
        if found is None:
            raise UnknownSong(reference)
        return SongId(found)

    def page(self, text: str = "", cursor: str | None = None, limit: int = 50) -> Page:
        """Return songs that hold every word of ``text`` (at most 64 are looked for) in artist, title or album.

        A word is looked for as the beginning of a word, accents and case folded. Newest last, stable under inserts;
        ``total`` counts all that fit. ``limit`` is at least 1. Raises InvalidCursor.
        """
        after = 0 if cursor is None else number_after(cursor)
        limit = max(limit, 1)
        with self.database.read() as connection:
            total = connection.execute(_fitting(connection, select(func.count()).select_from(songs), text)).scalar_one()
            query = _fitting(connection, _WHOLE, text).where(songs.c.number > after).order_by(songs.c.number)
            rows = connection.execute(query.limit(limit + 1)).all()
        more = cursor_after(rows[limit - 1].number) if len(rows) > limit else None
        return Page(tuple(song_of(row) for row in rows[:limit]), more, total)

    def labels(self, song_id: SongId) -> Labels:
        """Return the labels by the active model, empty where it has not heard the song; raises UnknownSong.

        Popularity is by plays where they are known, see ``songs.popularity``.
        """
        found = self.labels_of([song_id])
        if song_id not in found:
            raise UnknownSong(song_id)
        return found[song_id]

    def labels_of(self, song_ids: Iterable[SongId]) -> Mapping[SongId, Labels]:
        """Return the labels of those of the songs that exist, as ``labels`` does."""
        found: dict[SongId, Labels] = {}
        with self.database.read() as connection:
            for part in batches(song_ids):
                rows = connection.execute(_LABELLED.where(songs.c.id.in_(part))).all()
                found |= {SongId(row.id): Labels.from_json(row.json or {}) for row in rows}
                played = [(row.id, row.collection, row.plays) for row in rows if row.plays is not None]
                for song_id, popularity in plays.popularities(connection, played).items():
                    found[song_id] = replace(found[song_id], popularity=popularity)
        return found

    def structure(self, song_id: SongId) -> Structure | None:
        """Return the course of a song, ``None`` where the active model's analysis has none; raises UnknownSong."""
        with self.database.read() as connection:
            row = connection.execute(_STRUCTURED.where(songs.c.id == song_id)).one_or_none()
        if row is None:
            raise UnknownSong(song_id)
        return None if row.packed is None else Structure.from_json(row.packed)


def _named(reference: str) -> ColumnElement[bool] | None:
    kind, colon, value = reference.partition(":")
    if not colon:
        return songs.c.id == reference
    if kind == "sku":
        return songs.c.sku == (said_of(value) or "")
    if kind == "isrc":
        return songs.c.isrc == (isrc(value) or "")
    path = real_path(value) if kind == "path" else None
    return None if path is None else songs.c.source == path


def _fitting(connection: Connection, query: Select[Any], text: str) -> Select[Any]:
    # not LIKE: it has wildcards to escape, and a longest pattern
    place = func.instr if connection.dialect.name == "sqlite" else func.strpos
    for word in query_words(text):
        query = query.where(place(songs.c.search, f" {word}") > 0)
    return query
