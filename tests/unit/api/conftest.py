import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from api.app import create_app
from api.settings import ApiSettings
from indexer.follower import FollowingIndex
from jobs.ledger import JobLedger
from jobs.memory import ListQueue
from songs.jobs import Outcome
from songs.labels import Choice, Labels
from songs.ports import Request
from songs.song import Analysis, Embedding, Recording, Sketch, Tags
from songs.vectors import DIMENSIONS, unit
from store import memory_store
from store.shelf import Shelf

ADMIN, INGEST, PUBLIC = "admin-key-0123456789", "ingest-key-0123456789", "public-key-0123456789"
MODEL = "seed-1"


@dataclass
class Place:
    """An application on in-memory twins, and everything around it."""

    folder: Path
    settings: ApiSettings = field(default_factory=ApiSettings)

    def __post_init__(self):
        self.store, self.queue, self.shelf = memory_store(), ListQueue(), Shelf(self.folder / "audio")
        self.ledger = JobLedger(self.store.jobs, self.queue, max_attempts=3)
        self.index = FollowingIndex(self.folder / "index", self.store.log, self.store.models.active, DIMENSIONS)
        self.store.models.activate(MODEL)
        for key, scope in ((ADMIN, "admin"), (INGEST, "ingest"), (PUBLIC, "public")):
            self.store.keys.add(key, frozenset({scope}))
        self.probes = {}

    def app(self):
        return create_app(
            catalogue=self.store.songs, library=self.store.songs, models=self.store.models, index=self.index,
            jobs=self.store.jobs, ledger=self.ledger, keys=self.store.keys, explanations=self.store.explanations,
            keep=lambda stream, _: self.shelf.put(stream), drop=self.shelf.remove,
            more_probes=self.probes, settings=self.settings,
        )  # fmt: skip

    def client(self, key=None):
        client = self.app().test_client()
        if key is not None:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        return client

    def add(
        self, source, vector, *, genre=None, certain=True, model=MODEL, labels=None, structure=None, tag=None, **tags
    ):
        """Commit a song as a worker would, and return its id."""
        (job,) = self.ledger.submit([Request(source)])
        job = self.ledger.claim(job.id, "test")
        heard = Choice(genre, not certain, 0.9 if certain else 0.3, {} if genre is None else {genre: 0.9})
        whole = np.zeros(DIMENSIONS, np.float32)
        whole[: len(vector)] = vector
        analysis = Analysis(
            recording=Recording(source=source, sha256=hashlib.sha256(source.encode()).hexdigest(), size=1, mtime_ns=1,
                                duration=60.0, sample_rate=44100, channels=2),
            tags=Tags(genre=tag, **tags),
            embedding=Embedding(model=model, vector=unit(whole), slice_vectors=unit(whole)[None],
                                slice_starts=np.zeros(1, np.float32)),
            labels=labels or Labels(genre=heard),
            structure=structure,
        )  # fmt: skip
        return self.store.songs.commit(analysis, self.ledger.done(job, Outcome.COMMITTED))

    def sketch(self, source, vector, **tags):
        """Commit the first stage of a long song, and return its id."""
        (job,) = self.ledger.submit([Request(source)])
        job = self.ledger.claim(job.id, "test")
        whole = np.zeros(DIMENSIONS, np.float32)
        whole[: len(vector)] = vector
        recording = Recording(source=source, sha256="5" * 64, size=1, mtime_ns=1, duration=600.0, sample_rate=44100,
                              channels=2)  # fmt: skip
        sketch = Sketch(recording=recording, tags=Tags(**tags), model=MODEL, vector=unit(whole))
        return self.store.songs.sketch(sketch, self.ledger.reach(job, "analysis", 0.2))


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.fixture
def client(place):
    return place.client()


@pytest.fixture
def admin(place):
    return place.client(ADMIN)
