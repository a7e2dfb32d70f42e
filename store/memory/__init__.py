"""The in-memory twin of the store: the same promises, kept with dictionaries.

A transaction works on a copy of the tables, and the copy takes their place at its end: all or nothing, and a reader
sees the tables as of one moment.
"""

import time
from collections.abc import Callable

from store.library import vanished
from store.memory.explanations import MemoryExplanations
from store.memory.jobs import MemoryJobs, MemoryKeys, MemoryModels
from store.memory.songs import MemoryChangeLog, MemorySongs
from store.memory.tables import Memory
from store.store import Store


def memory_store(*, vanished: Callable[[str], bool] = vanished, clock: Callable[[], float] = time.time) -> Store:
    """Return an empty store that lives as long as it is held; for parameters see ``open_store``."""
    memory = Memory()
    return Store(
        songs=MemorySongs(memory, vanished, clock),
        log=MemoryChangeLog(memory),
        jobs=MemoryJobs(memory),
        models=MemoryModels(memory),
        keys=MemoryKeys(memory),
        explanations=MemoryExplanations(memory),
    )
