"""The SQL store and its in-memory twin, side by side: whatever is done to both, they answer alike."""

import tempfile
from dataclasses import replace

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from heard import STRUCTURE
from songs.errors import JobTaken, SourceChanged, UnknownSong
from songs.identity import fresh
from songs.jobs import OPEN, Job, JobState, Move
from songs.song import Tags
from store import memory_store, open_store, sqlite_url
from stores import Clock, Paths, analysis, ended, failed, reached, sketch

SOURCES = st.sampled_from(["/m/a", "/m/b", "/n/c", "/n/d", "upload:1"])
MODELS = st.sampled_from(["model-1", "model-2"])
PLAYS = st.sampled_from([None, 0.0, 1.0, 1.0, 2.5])
NAMES = st.sampled_from([None, "One", "ONE", "Öne", "Two %", ""])
TEXTS = st.sampled_from(["", "o", "one", "two", "%", "öne two", "b", "unknown"])


class Twins(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.gone, self.clock = Paths(), Clock()
        self.both = [
            open_store(sqlite_url(f"{self.folder.name}/rows.db"), vanished=self.gone, clock=self.clock),
            memory_store(vanished=self.gone, clock=self.clock),
        ]
        self.names = [{}, {}]  # a store's own random ids, numbered as they come up

    def teardown(self):
        self.both[0].close()
        self.folder.cleanup()

    def alike(self, ask):
        """Ask both and compare, with ids numbered; errors are answers."""

        def answer(which):
            try:
                return self.plain(which, ask(self.both[which], self.names[which]))
            except (JobTaken, SourceChanged, UnknownSong) as error:
                return type(error)

        first, second = answer(0), answer(1)
        assert first == second
        return first

    def name(self, which, song_id):
        return self.names[which].setdefault(song_id, len(self.names[which]))

    def plain(self, which, found):
        """Return an answer with every id as its number."""
        if isinstance(found, str) and len(found) == 22:
            return self.name(which, found)
        if isinstance(found, np.ndarray):
            return found.tobytes()
        if isinstance(found, dict):
            return {self.plain(which, key): self.plain(which, value) for key, value in found.items()}
        if isinstance(found, (list, tuple)):
            return [self.plain(which, one) for one in found]
        if hasattr(found, "__dataclass_fields__"):
            return {name: self.plain(which, getattr(found, name)) for name in found.__dataclass_fields__}
        return found

    @rule(
        source=SOURCES, sku=st.sampled_from([None, None, "K", "L"]), sha=st.sampled_from("ab"), seed=st.integers(0, 9),
        model=MODELS, artist=NAMES, album=NAMES, title=NAMES, stale=st.booleans(), plays=PLAYS,
        course=st.sampled_from([None, STRUCTURE]), collection=st.sampled_from([None, "c"]),
    )  # fmt: skip
    def commit(self, source, stale, **values):
        self.clock.now += 1
        job_id, version = fresh(), 7 if stale else 0

        def ask(store, names):
            names[job_id] = -1
            (job,) = store.jobs.add([Job(id=job_id, source=source, state=JobState.RUNNING)])
            names[job.id] = -1
            return store.songs.commit(analysis(source, **values), ended(replace(job, version=job.version + version)))

        self.alike(ask)

    @rule(
        source=SOURCES, sku=st.sampled_from([None, None, "K"]), sha=st.sampled_from("ab"), seed=st.integers(0, 9),
        model=MODELS, artist=NAMES, plays=PLAYS,
    )  # fmt: skip
    def sketch(self, source, **values):
        self.clock.now += 1
        self.with_a_job(source, lambda store, job: store.songs.sketch(sketch(source, **values), reached(job)))

    @rule(source=SOURCES, plays=PLAYS)
    def recount(self, source, plays):
        self.clock.now += 1
        self.with_a_job(source, lambda store, job: store.songs.recount(source, Tags(plays=plays), ended(job)))

    @rule(source=SOURCES)
    def refuse(self, source):
        self.with_a_job(source, lambda store, job: store.songs.refuse(failed(job)))

    def with_a_job(self, source, write):
        job_id = fresh()

        def ask(store, names):
            names[job_id] = -1
            (job,) = store.jobs.add([Job(id=job_id, source=source, state=JobState.RUNNING)])
            names[job.id] = -1
            return write(store, job), store.jobs.get(job.id).song_id

        self.alike(ask)

    @rule(number=st.integers(0, 12))
    def delete(self, number):
        def ask(store, names):
            store.songs.delete({value: key for key, value in names.items()}.get(number, "nobody"))

        self.alike(ask)

    @rule(source=SOURCES)
    def open_a_job(self, source):
        job_id = fresh()

        def ask(store, names):
            names[job_id] = -1
            return store.jobs.add([Job(id=job_id, source=source), Job(id=job_id[::-1], source=source)])

        self.alike(ask)

    @rule(source=SOURCES, state=st.sampled_from(JobState))
    def move_a_job(self, source, state):
        def ask(store, names):
            found = [job for job in store.jobs.jobs() if job.source == source and job.state in OPEN]
            store.jobs.swap([Move(job, replace(job, state=state)) for job in found])

        self.alike(ask)

    @rule(model=MODELS)
    def activate(self, model):
        self.alike(lambda store, _: store.models.activate(model))

    @rule(sources=st.lists(SOURCES))
    def mark_missing(self, sources):
        self.alike(lambda store, _: store.songs.mark_missing(sources))

    @rule(source=SOURCES)
    def vanish(self, source):
        self.gone.gone ^= {source}

    @rule(text=TEXTS, limit=st.integers(1, 3))
    def page_through(self, text, limit):
        def ask(store, _):
            pages = [store.songs.page(text, limit=limit)]
            while pages[-1].next_cursor is not None:
                pages.append(store.songs.page(text, pages[-1].next_cursor, limit))
            return pages

        self.alike(ask)

    @invariant()
    def everything_is_alike(self):
        songs = self.alike(lambda store, _: store.songs.page(limit=100))
        self.alike(lambda store, _: store.log.since(0, 1000))
        self.alike(lambda store, _: [store.songs.deleted([s]) for s in ("/m/a", "/m/b", "/n/c", "/n/d", "upload:1")])
        self.alike(lambda store, _: [store.songs.standing(s) for s in ("/m/a", "/m/b", "/n/c", "/n/d", "upload:1")])
        self.alike(lambda store, _: store.songs.sources("/m"))
        self.alike(lambda store, _: store.jobs.counts())
        self.alike(lambda store, _: [store.songs.labels(song.id) for song in store.songs.page(limit=100).songs])
        self.alike(lambda store, _: [store.songs.structure(song.id) for song in store.songs.page(limit=100).songs])
        head, vectors = self.alike(
            lambda store, _: (store.log.everything()[0], dict(zip(*store.log.everything()[1:], strict=True)))
        )
        assert head == self.alike(lambda store, _: store.log.head())
        assert len(vectors) <= songs["total"]


Twins.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestTwins = Twins.TestCase
