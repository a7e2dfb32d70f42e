"""The port Explanations, on every adapter."""

from dataclasses import replace

import pytest

from songs.errors import JobTaken, NotExplained, UnknownSong
from songs.explanation import Check, Explained, Explanation, Region, Span
from songs.identity import fresh
from songs.jobs import JobKind, JobState, Move
from stores import MODEL, commit, ended, queued

PICTURE = b"\x89PNG\0\xff" * 3


def explained(song_id, label="mood", *, model=MODEL, sha="a", score=1.5):
    explanation = Explanation(
        label=label, target="Dark", score=score, heard=51.2,
        seconds=(Span(start=0.64, end=1.92, effect=0.2),),
        regions=(Region(start=0.64, end=1.92, low_hz=0.0, high_hz=420.8, effect=0.2),),
        check=Check(share=0.1, sets=99, drop=0.9, random_mean=0.1, energy_ratio=1.01, p=0.01),
    )  # fmt: skip
    return Explained(
        song_id=song_id, model=model, audio_sha256=sha * 64, explanation=explanation, picture=PICTURE
    )  # fmt: skip


def job(store, source="/a", label="mood"):
    """Return a job that explains, which some worker has begun."""
    (one,) = store.jobs.add([queued(source, kind=JobKind.EXPLAIN, label=label)])
    begun = replace(one, state=JobState.RUNNING, owner="worker", version=one.version + 1)
    store.jobs.swap([Move(one, begun)])
    return begun


def keep(store, song_id, label="mood", **values):
    store.explanations.keep(explained(song_id, label, **values), ended(job(store, label=label)))


def test_an_explanation_comes_back_as_it_was_kept(store):
    song_id = commit(store, "/a")
    keep(store, song_id)
    assert store.explanations.explanation(song_id, "mood") == explained(song_id).explanation
    assert store.explanations.picture(song_id, "mood") == PICTURE
    assert store.jobs.counts()[JobState.DONE] == 2


def test_there_is_none_yet(store):
    song_id = commit(store, "/a")
    keep(store, song_id)
    for ask in (store.explanations.explanation, store.explanations.picture):
        with pytest.raises(NotExplained, match="explanations"):
            ask(song_id, "genre")
        with pytest.raises(UnknownSong):
            ask(fresh(), "mood")


def test_a_later_one_takes_its_place(store):
    song_id = commit(store, "/a")
    keep(store, song_id)
    keep(store, song_id, "genre")
    keep(store, song_id, score=-2.0)
    assert store.explanations.explanation(song_id, "mood").score == -2.0
    assert store.explanations.explanation(song_id, "genre").score == 1.5


def test_it_is_of_the_active_model(store):
    song_id = commit(store, "/a")
    keep(store, song_id)
    store.models.activate("model-2")
    with pytest.raises(NotExplained):
        store.explanations.explanation(song_id, "mood")
    keep(store, song_id, model="model-2", score=3.0)
    assert store.explanations.explanation(song_id, "mood").score == 3.0
    store.models.activate(MODEL)
    assert store.explanations.explanation(song_id, "mood").score == 1.5


def test_it_is_of_the_recording_that_stands(store):
    song_id = commit(store, "/a")
    keep(store, song_id)
    assert commit(store, "/a", sha="b") == song_id
    with pytest.raises(NotExplained):
        store.explanations.picture(song_id, "mood")
    keep(store, song_id, sha="b")
    assert store.explanations.picture(song_id, "mood") == PICTURE


def test_it_goes_with_the_song(store):
    song_id = commit(store, "/a")
    keep(store, song_id)
    store.songs.delete(song_id)
    with pytest.raises(UnknownSong):
        store.explanations.explanation(song_id, "mood")
    again = commit(store, "/a")
    with pytest.raises(NotExplained):
        store.explanations.explanation(again, "mood")


def test_nothing_is_kept_of_a_song_that_was_deleted_meanwhile(store):
    song_id = commit(store, "/a")
    open_jobs = [job(store), job(store, label="genre")]
    store.songs.delete(song_id)
    assert store.jobs.counts()[JobState.CANCELLED] == 2
    for one in open_jobs:
        with pytest.raises(JobTaken):
            store.explanations.keep(explained(song_id, one.label), ended(one))


def test_nothing_is_kept_for_a_job_that_was_taken(store):
    song_id = commit(store, "/a")
    begun = job(store)
    with pytest.raises(JobTaken):
        store.explanations.keep(explained(song_id), ended(replace(begun, version=begun.version + 1)))
    with pytest.raises(NotExplained):
        store.explanations.explanation(song_id, "mood")
    store.explanations.keep(explained(song_id), ended(begun))
    assert store.explanations.explanation(song_id, "mood").target == "Dark"
