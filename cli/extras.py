"""Modules that need an extra: imported when they are wanted, and missed by name."""

import importlib
from types import ModuleType

from songs.errors import MissingExtra

_OURS = frozenset(
    {
        "songs",
        "embedder",
        "store",
        "indexer",
        "jobs",
        "recommender",
        "worker",
        "api",
        "cli",
        "synthesis",
        "evaluation",
    }
)


def load(module: str, extra: str) -> ModuleType:
    """Import a module of ours; raises MissingExtra where a package that it needs is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] in _OURS:
            raise
        raise MissingExtra(extra, error.name) from error
