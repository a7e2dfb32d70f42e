import numpy as np
import pytest

from songs.identity import SongId
from songs.ports import Change
from songs.vectors import unit

D = 8


class Log:
    """A change log in memory; ``model`` is the active version, whose vectors it gives."""

    def __init__(self):
        self.lines, self.vectors, self.model = [], {}, "m"
        self.name = "."  # generations lie in the index directory itself

    def put(self, name, *vector, model=None):
        whole = np.zeros(D, np.float32)
        whole[: len(vector)] = vector
        self.vectors[song(name), model or self.model] = unit(whole)
        self.lines.append(song(name))

    def remove(self, name):
        self.vectors = {key: vector for key, vector in self.vectors.items() if key[0] != song(name)}
        self.lines.append(song(name))

    def activate(self, model):
        self.model = model
        self.lines += sorted({song_id for song_id, _ in self.vectors})

    def active(self):
        return self.model

    def identity(self):
        return self.name

    def head(self):
        return len(self.lines)

    def since(self, seq, limit):
        lines = enumerate(self.lines[seq : seq + limit], seq + 1)
        return [Change(number, song_id, self.vectors.get((song_id, self.model))) for number, song_id in lines]

    def everything(self):
        found = {song_id: vector for (song_id, model), vector in self.vectors.items() if model == self.model}
        return self.head(), list(found), np.array(list(found.values()), np.float32).reshape(-1, D)


def song(name):
    return SongId(name * 22)


@pytest.fixture
def log():
    """A log with three songs."""
    made = Log()
    made.put("a", 1)
    made.put("b", 1, 1)
    made.put("c", 0, 1)
    return made


@pytest.fixture
def other_log():
    """The log of another database: five other songs, and a head past that of ``log``."""
    made = Log()
    made.name = "other"
    for name in "uvwxy":
        made.put(name, 1)
    return made


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"
