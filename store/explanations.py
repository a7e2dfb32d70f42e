"""Explanations of labels in SQL."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Select, select

from songs.errors import NotExplained, UnknownSong
from songs.explanation import Explained, Explanation
from songs.identity import SongId
from songs.jobs import Move
from store import jobs
from store.database import Database, upsert
from store.tables import explanations, models, songs


@dataclass(frozen=True, slots=True)
class SqlExplanations:
    """The port ``Explanations``."""

    database: Database

    def keep(self, explained: Explained, move: Move) -> None:
        """Write an explanation, in the place of an older one, and the job's move, or nothing.

        Raises
        ------
        JobTaken, StoreUnavailable
            Nothing was written. The jobs of a song that is deleted are cancelled, so that nothing is kept of it.
        """
        values = {
            "audio_sha256": explained.audio_sha256,
            "json": explained.explanation.as_json(),
            "png": explained.picture,
        }
        where = {"song_id": explained.song_id, "model": explained.model, "label": explained.explanation.label}
        with self.database.write() as connection:
            jobs.swap(connection, [move])
            row = upsert(connection, explanations).values(**where, **values)
            connection.execute(row.on_conflict_do_update(index_elements=list(where), set_=values))

    def explanation(self, song_id: SongId, label: str) -> Explanation:
        """Return why the active model gives a song a label; raises UnknownSong, NotExplained."""
        return Explanation.from_json(self._column(explanations.c.json, song_id, label))

    def picture(self, song_id: SongId, label: str) -> bytes:
        """Return the picture of an explanation, a PNG; raises UnknownSong, NotExplained."""
        return bytes(self._column(explanations.c.png, song_id, label))

    def _column(self, column: Column[Any], song_id: SongId, label: str) -> Any:
        """Return a column of an explanation that is still one of the song as it stands."""
        with self.database.read() as connection:
            found = connection.execute(_standing(column, song_id, label)).one_or_none()
            if found is not None:
                return found[0]
            if connection.execute(select(songs.c.id).where(songs.c.id == song_id)).one_or_none() is None:
                raise UnknownSong(song_id)
        raise NotExplained(song_id, label)


def _standing(column: Column[Any], song_id: SongId, label: str) -> Select[Any]:
    query = select(column).join(models, models.c.active == explanations.c.model).join(songs)
    return query.where(
        explanations.c.song_id == song_id,
        explanations.c.label == label,
        explanations.c.audio_sha256 == songs.c.audio_sha256,
    )
