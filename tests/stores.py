"""Stores of all kinds for tests, and what goes into them."""

from dataclasses import replace

import numpy as np

from songs.identity import fresh
from songs.jobs import Job, JobState, Move
from songs.labels import Choice, Labels
from songs.song import Analysis, Embedding, Recording, Sketch, Tags
from songs.vectors import DIMENSIONS
from store import memory_store, open_store, sqlite_url

KINDS = ("memory", "sqlite", "postgres")
MODEL = "model-1"


class Paths:
    """What stands in for a disk: every path exists, but those that are ``gone``."""

    def __init__(self):
        self.gone = set()

    def __call__(self, source):
        return source in self.gone


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self, now=1_000_000.0):
        self.now = now

    def __call__(self):
        return self.now


def opened(kind, request, tmp_path, **options):
    """Return an empty store of a kind."""
    if kind == "memory":
        return memory_store(**options)
    url = sqlite_url(tmp_path / "rows.db") if kind == "sqlite" else request.getfixturevalue("postgres_url")
    return open_store(url, **options)


def vector(seed):
    """Return a unit vector of its own for every seed."""
    raw = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return raw / np.linalg.norm(raw)


def analysis(source, *, sha="a", seed=0, model=MODEL, heard=None, course=None, asked=None, **tags):
    """Return what a worker would commit."""
    return Analysis(
        recording=Recording(
            source=source, sha256=sha * 64 if len(sha) == 1 else sha, size=1000, mtime_ns=7, duration=12.5,
            sample_rate=44100, channels=2,
        ),
        tags=Tags(**tags),
        embedding=Embedding(
            model=model, vector=vector(seed), slice_vectors=np.stack([vector(seed), vector(seed + 1)]),
            slice_starts=np.array([0, 5.12], np.float32),
        ),
        labels=Labels(genre=Choice(value=heard, uncertain=False, confidence=0.9)) if heard else Labels(),
        structure=course,
        asked=asked or Tags(),
    )  # fmt: skip


def sketch(source, *, sha="a", seed=0, model=MODEL, asked=None, **tags):
    """Return what the first stage of a long song would commit."""
    whole = analysis(source, sha=sha, seed=seed, model=model, asked=asked, **tags)
    return Sketch(recording=whole.recording, tags=whole.tags, model=model, vector=vector(seed), asked=whole.asked)


def queued(source, **values):
    """Return a job that nobody has written yet."""
    return Job(id=fresh(), source=source, **values)


def running(store, source):
    """Return a job of this source that some worker has begun."""
    (job,) = store.jobs.add([queued(source)])
    begun = replace(job, state=JobState.RUNNING, owner="worker", version=job.version + 1)
    store.jobs.swap([Move(job, begun)])
    return begun


def ended(job):
    """Return the move that ends a running job."""
    return Move(job, replace(job, state=JobState.DONE, owner=None, version=job.version + 1))


def reached(job, stage="analysis"):
    """Return the move of a running job to a stage."""
    return Move(job, replace(job, stage=stage, version=job.version + 1))


def failed(job):
    """Return the last move of a running job whose audio is at fault."""
    return Move(job, replace(job, state=JobState.FAILED, owner=None, version=job.version + 1))


def begin(store, source, **values):
    """Do the first stage of a long song, and return its job as it then stands."""
    job = running(store, source)
    store.songs.sketch(sketch(source, **values), reached(job))
    return store.jobs.get(job.id)


def commit(store, source, **values):
    """Do what a worker does with a source, and return the song's id."""
    return store.songs.commit(analysis(source, **values), ended(running(store, source)))
