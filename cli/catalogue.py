"""Opening a home from the command line: its store at the present schema, its model, its index."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from cli.console import remark
from cli.place import Place
from embedder import bundle
from indexer.follower import FollowingIndex
from songs.errors import InvalidKey
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


def settle_model(place: Place, store: Store) -> str:
    """See to it that the model this installation listens with is the active one, and return its version."""
    model = bundle.verify(bundle_folder(place)).model
    active = store.models.active()
    if active != model:
        store.models.activate(model)
    if active not in {None, model}:
        remark(f"this home was made with {active}; its songs must be listened to again with {model}: ingest them again")
    return model


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
