"""ROWS: songs, vectors, labels, jobs, keys and the change log in SQLite or PostgreSQL, and their in-memory twins."""

from store.database import sqlite_url
from store.memory import memory_store
from store.schema import migrate
from store.store import Store, open_store

__all__ = ["Store", "memory_store", "migrate", "open_store", "sqlite_url"]
