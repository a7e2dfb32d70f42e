"""The use case of explaining without Celery: what it keeps, and what it says where it cannot."""

import hashlib
from dataclasses import replace
from io import BytesIO

import pytest

from embedder.explain.explainer import DELETION, OCCLUSION, Drawn
from jobs.ledger import JobLedger
from jobs.memory import ListQueue
from songs.errors import AudioGone, JobTaken, NotExplained, UnknownSong
from songs.explanation import Check, Explanation
from songs.jobs import JobKind, JobState
from songs.ports import Request
from store.memory import memory_store
from store.shelf import Shelf
from stores import MODEL, Paths, commit
from worker.explain import Explain, Kept

CHECK = Check(share=0.1, sets=99, drop=0.9, random_mean=0.1, energy_ratio=1.01, p=0.01)


class Watch:
    """A heart that only notes what it is told."""

    def __init__(self, job):
        self.job, self.stages = job, []

    def at(self, stage, progress):
        self.stages.append((stage, progress))

    def stop(self):
        return self.job


@pytest.fixture
def store():
    one = memory_store(vanished=Paths())
    one.models.activate(MODEL)
    return one


@pytest.fixture
def ledger(store):
    return JobLedger(store.jobs, ListQueue())


def use_case(store, ledger, folder, heard):
    def explain(path, label, told):
        heard.append((path, label))
        for stage in (OCCLUSION, DELETION):
            told(stage, 0.5)
            told(stage, 1.0)
        found = Explanation(
            label=str(label), target="jazz", score=1.0, heard=5.12, seconds=(), regions=(), check=CHECK
        )  # fmt: skip
        return Drawn(found, b"picture")

    return Explain(explain, MODEL, Kept(Shelf(folder / "audio")), store.songs, store.explanations, ledger)


def claimed(ledger, source, label="genre"):
    (job,) = ledger.submit([Request(source, kind=JobKind.EXPLAIN, label=label)])
    return ledger.claim(job.id, "worker")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("kind", ["file", "upload", "address"])
def test_the_recording_that_was_ingested_is_explained(store, ledger, tmp_path, kind):
    path, shelf = tmp_path / "a.wav", Shelf(tmp_path / "audio")
    path.write_bytes(b"sound")
    kept = shelf.put(BytesIO(b"sound"))
    source = {"file": str(path), "upload": kept, "address": "https://shop.example/a.wav"}[kind]
    song_id = commit(store, source, sha=sha256(b"sound"))
    heard, job = [], claimed(ledger, source)
    watch = Watch(job)
    after = use_case(store, ledger, tmp_path, heard)(job, watch)
    assert heard == [(str(path) if kind == "file" else shelf.path(kept), "genre")]
    assert after.state is store.jobs.get(job.id).state is JobState.DONE
    assert store.jobs.get(job.id).song_id == song_id
    assert store.explanations.explanation(song_id, "genre").target == "jazz"
    assert store.explanations.picture(song_id, "genre") == b"picture"
    shares = [share for _, share in watch.stages]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert watch.stages[-1][0] == "explanation"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{}/gone.wav", "its file is gone"),
        ("{}/changed.wav", "another one"),
        ("upload:" + "a" * 64, "not kept"),
        ("https://shop.example/a.wav", "not kept"),
    ],
)
def test_audio_that_is_not_there_is_a_typed_failure(store, ledger, tmp_path, source, why):
    (tmp_path / "changed.wav").write_bytes(b"another sound")
    source = source.format(tmp_path)
    song_id = commit(store, source, sha=sha256(b"sound"))
    heard, job = [], claimed(ledger, source)
    with pytest.raises(AudioGone, match=why) as caught:
        use_case(store, ledger, tmp_path, heard)(job, Watch(job))
    assert (caught.value.code, caught.value.retryable, heard) == ("audio_gone", False, [])
    with pytest.raises(NotExplained):
        store.explanations.explanation(song_id, "genre")


def test_a_song_that_went_meanwhile(store, ledger, tmp_path):
    job = claimed(ledger, "/a")
    with pytest.raises(UnknownSong):
        use_case(store, ledger, tmp_path, [])(job, Watch(job))


def test_nothing_is_kept_for_a_job_that_was_taken(store, ledger, tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"sound")
    song_id = commit(store, str(path), sha=sha256(b"sound"))
    job = claimed(ledger, str(path))
    with pytest.raises(JobTaken):
        use_case(store, ledger, tmp_path, [])(job, Watch(replace(job, version=7)))
    with pytest.raises(NotExplained):
        store.explanations.explanation(song_id, "genre")


def test_it_may_run_twice(store, ledger, tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"sound")
    song_id = commit(store, str(path), sha=sha256(b"sound"))
    for _ in range(2):
        job = claimed(ledger, str(path))
        use_case(store, ledger, tmp_path, [])(job, Watch(job))
    assert store.explanations.picture(song_id, "genre") == b"picture"
