"""API keys in SQL, as hashes."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from songs.errors import InvalidKey
from songs.settings import valid_key
from store.database import Database, upsert
from store.tables import api_keys

PREFIX = 4  # characters of a key that are kept as they are: of the 16 or more, too few to guess the rest


def key_hash(key: str) -> str:
    """Return what is kept of a key; unsalted, since a key is long and random, and is looked up by it."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class SqlKeys:
    """The port ``Keys``."""

    database: Database
    clock: Callable[[], float] = time.time

    def add(self, key: str, scopes: frozenset[str]) -> None:
        """Keep a key's hash; adding it again changes its scopes. Raises InvalidKey."""
        if not valid_key(key):
            raise InvalidKey
        said = " ".join(sorted(scopes))
        with self.database.write() as connection:
            row = upsert(connection, api_keys).values(
                sha256=key_hash(key), prefix=key[:PREFIX], scopes=said, created_at=self.clock()
            )
            connection.execute(row.on_conflict_do_update(index_elements=[api_keys.c.sha256], set_={"scopes": said}))

    def scopes(self, key: str) -> frozenset[str]:
        """Return what the key may do; empty for a key that is not ours."""
        query = select(api_keys.c.scopes).where(api_keys.c.sha256 == key_hash(key))
        with self.database.read() as connection:
            return frozenset((connection.execute(query).scalar_one_or_none() or "").split())

    def __len__(self) -> int:
        with self.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(api_keys)).scalar_one())
