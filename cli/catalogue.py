"""Opening a home from the command line: its store at the present schema, its model, its index."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.console import remark
from cli.place import Place
from cli.queueing import job_ledger, submit
from embedder import bundle
from indexer.follower import FollowingIndex
from songs.errors import InvalidKey
from songs.ports import Request
from songs.settings import valid_key
from songs.vectors import DIMENSIONS
from store import Store, open_store

ADMIN = frozenset({"admin"})


def bundle_folder(place: Place) -> Path:
    """Return the folder of the configured bundle, else of the shipped one."""
    return place.settings.bundle or bundle.shipped()


def open_rows(place: Place) -> Store:
    """Open the store of a home, at the present schema."""
    return open_store(place.settings.database())


def own_model(place: Place) -> str:
    """Return the version of the bundle that this installation listens with."""
    return bundle.verify(bundle_folder(place)).model


def settle_model(place: Place, store: Store) -> str:
    """See to it that the model this installation listens with is the active one, and return its version.

    On a switch every song is queued to be listened to again; until then it has no neighbours.
    """
    model, active = own_model(place), store.models.active()
    if active == model:
        return model
    store.models.activate(model)
    if active is not None:
        songs = list(_everything(store))
        remark(f"this home was made with {active}; its {len(songs)} songs are listened to again with {model}")
        submit(job_ledger(place, store), songs)
    return model


def _everything(store: Store) -> Iterator[Request]:
    """Yield a request for every song, as it was asked for."""
    cursor: str | None = None
    while True:
        page = store.songs.page(cursor=cursor, limit=1000)
        for song in page.songs:
            standing = store.songs.standing(song.source)
            if standing is not None:
                yield Request(song.source, standing.asked)
        cursor = page.next_cursor
        if cursor is None:
            return


def open_index(place: Place, store: Store) -> FollowingIndex:
    """Return the index of a home, as a web process reads it."""
    return FollowingIndex(place.home.index, store.log, store.models.active, DIMENSIONS)


@dataclass(frozen=True, slots=True)
class FirstKey:
    """The admin key of a home, where it was made just now."""

    text: str
    made: bool  # by us: it is shown once; False where the operator gave it


def first_key(store: Store, wanted: str | None) -> FirstKey | None:
    """Give a home its admin key on first start; ``None`` where it has one already. Raises InvalidKey."""
    if wanted is not None and not valid_key(wanted):
        raise InvalidKey
    if len(store.keys):
        if wanted is not None and not store.keys.scopes(wanted):
            remark("this home has its admin key already, and the given one is another; the old one stays")
        return None
    text = wanted or secrets.token_urlsafe(24)
    store.keys.add(text, ADMIN)
    return FirstKey(text, made=wanted is None)
