"""Which model version serves, in SQL: one row."""

from dataclasses import dataclass

from sqlalchemy import select

from store import changes
from store.database import Database, upsert
from store.tables import models


@dataclass(frozen=True, slots=True)
class SqlModels:
    """The port ``Models``."""

    database: Database

    def active(self) -> str | None:
        """Return the version whose vectors are searched; ``None`` before the first start."""
        with self.database.read() as connection:
            return connection.execute(select(models.c.active)).scalar_one_or_none()

    def activate(self, model: str) -> None:
        """Serve this version from now on.

        The change log gets a line for every song, since the vectors that its followers should hold are others now.
        """
        with self.database.write() as connection:
            if connection.execute(select(models.c.active)).scalar_one_or_none() == model:
                return
            changes.append_all(connection)
            row = upsert(connection, models).values(one=1, active=model)
            connection.execute(row.on_conflict_do_update(index_elements=[models.c.one], set_={"active": model}))
