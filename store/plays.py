"""Ranks by plays, counted in SQL when they are read."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, func, select

from songs.identity import SongId
from songs.labels import Popularity
from songs.popularity import FEWEST, by_plays
from store.tables import songs


def popularities(
    connection: Connection, played: Iterable[tuple[str, str | None, float]]
) -> Mapping[SongId, Popularity]:
    """Return those of the songs whose plays tell it; ``played`` are (id, collection, plays)."""
    collections: dict[str | None, dict[float, list[str]]] = {}
    for song_id, collection, plays in played:
        collections.setdefault(collection, {}).setdefault(plays, []).append(song_id)
    found: dict[SongId, Popularity] = {}
    for collection, by_count in collections.items():
        ranks = _ranks(connection, collection, by_count)
        found |= {SongId(song_id): rank for plays, rank in ranks.items() for song_id in by_count[plays]}
    return found


def _ranks(connection: Connection, collection: str | None, asked: Iterable[float]) -> Mapping[float, Popularity]:
    """Return the popularity of numbers of plays in one collection.

    From one number to the next only the songs between them are counted: however many are asked for, the index of plays
    is read once.
    """
    count = select(func.count()).select_from(songs).where(songs.c.collection == collection)  # of None: IS NULL
    counted = connection.execute(count.where(songs.c.plays.is_not(None))).scalar_one()
    if counted < FEWEST:
        return {}
    found: dict[float, Popularity] = {}
    below, between = 0, count
    for plays in sorted(asked):
        fewer = between.where(songs.c.plays < plays).scalar_subquery()
        equal = count.where(songs.c.plays == plays).scalar_subquery()
        row = connection.execute(select(fewer.label("fewer"), equal.label("equal"))).one()
        below += row.fewer
        rank = by_plays(below, row.equal, counted)
        if rank is not None:
            found[plays] = rank
        below, between = below + row.equal, count.where(songs.c.plays > plays)
    return found
