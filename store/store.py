"""The rows of one installation, opened: one database behind six ports."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from songs.explanation import Explanations
from songs.ports import Catalogue, ChangeLog, JobStore, Keys, Library, Models
from store.catalogue import SqlCatalogue
from store.changes import SqlChangeLog
from store.database import Database
from store.explanations import SqlExplanations
from store.jobs import SqlJobs
from store.keys import SqlKeys
from store.library import SqlLibrary, vanished
from store.models import SqlModels
from store.schema import bring_up


class Songs(Catalogue, Library, Protocol):
    """Reading and writing songs."""


@dataclass(frozen=True)
class SqlSongs(SqlCatalogue, SqlLibrary):
    """The ports ``Catalogue`` and ``Library`` on one database."""


def _nothing() -> None:
    """Close nothing."""


@dataclass(frozen=True, slots=True)
class Store:
    """All rows; one transaction of one of them never spans another."""

    songs: Songs
    log: ChangeLog
    jobs: JobStore
    models: Models
    keys: Keys
    explanations: Explanations
    close: Callable[[], None] = _nothing


def open_store(
    url: str, *, vanished: Callable[[str], bool] = vanished, clock: Callable[[], float] = time.time
) -> Store:
    """Open a database at the present schema, which is made or brought up to date where needed.

    Parameters
    ----------
    url : str
        ``sqlite:///PATH`` (see ``sqlite_url``), ``postgres://...`` or ``postgresql://...``.
    vanished : callable
        Tells whether a canonical source is a path that leads nowhere any more.
    clock : callable
        Unix seconds.

    Raises
    ------
    InvalidSettings
        An address of another kind of database.
    StoreUnavailable
        It does not answer, is locked, full or damaged.
    """
    database = Database.at(url)
    bring_up(database)
    return Store(
        songs=SqlSongs(database=database, vanished=vanished, clock=clock),
        log=SqlChangeLog(database),
        jobs=SqlJobs(database),
        models=SqlModels(database),
        keys=SqlKeys(database, clock),
        explanations=SqlExplanations(database),
        close=database.close,
    )
