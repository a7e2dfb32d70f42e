"""Artists and albums in SQL: found by their folded names, made when first named, gone with their last song."""

from collections.abc import Mapping

from sqlalchemy import Connection, Table, delete, exists, insert, select

from songs.identity import AlbumId, ArtistId, fresh
from store.folding import name_key
from store.tables import albums, artists, songs


def credited(connection: Connection, artist: str, album: str | None) -> tuple[ArtistId, AlbumId | None]:
    """Return the ids of an artist and of an album of that artist; those that are new are written."""
    artist_id = ArtistId(_found_or_made(connection, artists, {"folded": name_key(artist)}, name=artist))
    if album is None:
        return artist_id, None
    key = {"artist_id": artist_id, "folded": name_key(album)}
    return artist_id, AlbumId(_found_or_made(connection, albums, key, title=album))


def drop_unused(connection: Connection, artist_id: str, album_id: str | None) -> None:
    """Remove an album that no song is on any more, then an artist who has none."""
    on_album = exists().where(songs.c.album_id == albums.c.id)
    connection.execute(delete(albums).where(albums.c.id == album_id, ~on_album))
    by_artist = exists().where(songs.c.artist_id == artists.c.id)
    of_artist = exists().where(albums.c.artist_id == artists.c.id)
    connection.execute(delete(artists).where(artists.c.id == artist_id, ~by_artist, ~of_artist))


def _found_or_made(connection: Connection, table: Table, key: Mapping[str, str], **name: str) -> str:
    query = select(table.c.id).where(*(table.c[column] == value for column, value in key.items()))
    found: str | None = connection.execute(query).scalar_one_or_none()
    if found is not None:
        return found
    new = fresh()
    connection.execute(insert(table).values(id=new, **key, **name))
    return new
