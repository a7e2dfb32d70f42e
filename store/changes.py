"""The change log in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, LargeBinary, and_, func, insert, literal, outerjoin, select, type_coerce

from songs.identity import SongId
from songs.ports import Change
from songs.vectors import Vectors
from store.columns import matrix
from store.database import Database, numbers
from store.tables import changes, identity, log_head, models, songs, vectors

_AT_ONCE = 10_000  # rows of one fetch
_BY_ACTIVE_MODEL = vectors.c.model == select(models.c.active).scalar_subquery()


def head(connection: Connection) -> int:
    """Return the newest sequence number."""
    return int(connection.execute(select(log_head.c.seq).where(log_head.c.name == "changes")).scalar_one())


def lock(connection: Connection) -> int:
    """Keep all other writers of songs out until the transaction ends, and return the newest number.

    It comes first in every such transaction: two of them cannot then make one artist twice, or wait for each other.
    """
    return numbers(connection, "changes", 0)


def append(connection: Connection, song_id: SongId) -> None:
    """Write one line."""
    connection.execute(insert(changes).values(seq=numbers(connection, "changes"), song_id=song_id))


def append_all(connection: Connection) -> None:
    """Write one line for every song: their vectors are others from now on."""
    base = lock(connection)
    count = connection.execute(select(func.count()).select_from(songs)).scalar_one()
    numbers(connection, "changes", count)
    place = func.row_number().over(order_by=songs.c.number)
    connection.execute(insert(changes).from_select(["seq", "song_id"], select(place + literal(base), songs.c.id)))


@dataclass(frozen=True, slots=True)
class SqlChangeLog:
    """The port ``ChangeLog``. Vectors are those of the active model; a song that has none of it reads as gone."""

    database: Database

    def identity(self) -> str:
        """Return the random name of this database."""
        with self.database.read() as connection:
            return str(connection.execute(select(identity.c.name)).scalar_one())

    def head(self) -> int:
        """Return the newest sequence number, 0 for an empty log."""
        with self.database.read() as connection:
            return head(connection)

    def since(self, seq: int, limit: int) -> list[Change]:
        """Return up to ``limit`` changes after ``seq``, oldest first, with each song's present vector."""
        present = outerjoin(changes, vectors, and_(vectors.c.song_id == changes.c.song_id, _BY_ACTIVE_MODEL))
        query = (
            select(changes.c.seq, changes.c.song_id, vectors.c.vector)
            .select_from(present)
            .where(changes.c.seq > seq)
            .order_by(changes.c.seq)
            .limit(limit)
        )
        with self.database.read() as connection:
            return [Change(row.seq, SongId(row.song_id), row.vector) for row in connection.execute(query)]

    def everything(self) -> tuple[int, Sequence[SongId], Vectors]:
        """Return (head, ids, vectors (n, 128) float32) of all songs of the active model, as of one moment."""
        blob = type_coerce(vectors.c.vector, LargeBinary)  # one array of all of them, not one each
        query = select(vectors.c.song_id, blob).where(_BY_ACTIVE_MODEL).execution_options(yield_per=_AT_ONCE)
        ids: list[SongId] = []
        blobs: list[bytes] = []
        with self.database.read() as connection:
            at = head(connection)
            for part in connection.execute(query).partitions():
                ids += [SongId(row[0]) for row in part]
                blobs += [row[1] for row in part]
        return at, ids, matrix(blobs)
