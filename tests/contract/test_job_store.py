"""The port JobStore, on every adapter."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from songs.errors import InvalidCursor, JobTaken, UnknownJob
from songs.identity import fresh
from songs.jobs import OPEN, Job, JobKind, JobState, Move, Outcome, Reason
from songs.song import Tags
from stores import KINDS, opened, queued


@pytest.fixture(params=KINDS)
def jobs(request, tmp_path):
    store = opened(request.param, request, tmp_path)
    yield store.jobs
    store.close()


def test_a_row_comes_back_as_it_was_written(jobs):
    full = Job(
        id=fresh(), source="/a/ü.mp3", tags=Tags(title="Tïtle", year=1999, plays=1.5, metadata={"bpm": "120"}),
        state=JobState.RUNNING, stage="listen", progress=0.25, attempts=2, reason=Reason("code", "what happened"),
        outcome=Outcome.UNCHANGED, song_id=fresh(), batch="b", owner="host:1:2", heartbeat=11.5, not_before=12.5,
        sent_at=13.5, created_at=14.5, started_at=15.5, finished_at=16.5, version=3, kind=JobKind.EXPLAIN, label="mood",
    )  # fmt: skip
    assert jobs.add([full]) == [full]
    assert jobs.get(full.id) == full


def test_unknown_job(jobs):
    for job_id in ("nope", "", "' OR 1=1 --", "a\0b", "\ud800"):
        with pytest.raises(UnknownJob):
            jobs.get(job_id)


def test_a_source_has_one_open_job(jobs):
    first, second = queued("/a"), queued("/b")
    assert jobs.add([first, second]) == [first, second]
    again, other = queued("/a"), queued("/c")
    assert jobs.add([again, other]) == [first, other]
    with pytest.raises(UnknownJob):
        jobs.get(again.id)


def test_a_source_has_one_open_job_of_each_kind_and_label(jobs):
    why = {"kind": JobKind.EXPLAIN}
    made = [queued("/a"), queued("/a", **why, label="mood"), queued("/a", **why, label="genre"), queued("/b", **why)]
    assert jobs.add(made) == made
    assert jobs.add([queued("/a", **why, label="genre"), queued("/a")]) == [made[2], made[0]]
    new = queued("/b")
    assert jobs.add([queued("/b", **why), new]) == [made[3], new]


def test_equal_sources_in_one_call_are_one_job(jobs):
    first, second, between = queued("/a"), queued("/a"), queued("/b")
    assert jobs.add([first, between, second]) == [first, between, first]
    assert [job.id for job in jobs.jobs()] == [first.id, between.id]


def test_a_job_in_the_way_is_returned_as_it_stands_now(jobs):
    job = queued("/a")
    jobs.add([job])
    jobs.swap([Move(job, replace(job, state=JobState.RUNNING, stage="listen"))])
    (found,) = jobs.add([queued("/a")])
    assert (found.id, found.state, found.stage) == (job.id, JobState.RUNNING, "listen")


@pytest.mark.parametrize("over", sorted(set(JobState) - OPEN))
def test_a_job_that_is_over_is_not_in_the_way(jobs, over):
    job, again = queued("/a"), queued("/a")
    jobs.add([job])
    jobs.swap([Move(job, replace(job, state=over))])
    assert jobs.add([again]) == [again]
    assert jobs.counts()[over] == 1


def test_nothing_to_add(jobs):
    assert jobs.add([]) == []
    jobs.swap([])


def test_swap_counts_versions(jobs):
    job = queued("/a")
    jobs.add([job])
    after = replace(job, stage="sent", version=1)
    jobs.swap([Move(job, after)])
    assert jobs.get(job.id) == after
    jobs.swap([Move(after, replace(after, version=77))])
    assert jobs.get(job.id).version == 2


def test_swap_is_all_or_nothing(jobs):
    one, two, three = (queued(source) for source in "abc")
    jobs.add([one, two, three])
    jobs.swap([Move(two, replace(two, stage="moved on"))])
    moves = [Move(job, replace(job, stage="mine")) for job in (one, two, three)]
    with pytest.raises(JobTaken) as caught:
        jobs.swap(moves)
    assert caught.value.job_id == two.id
    assert [job.stage for job in jobs.jobs()] == ["queued", "moved on", "queued"]


def test_a_swap_expects_the_state_too_and_the_row(jobs):
    job = queued("/a")
    jobs.add([job])
    stale = replace(job, state=JobState.RUNNING)
    for before in (stale, queued("/never/written")):
        with pytest.raises(JobTaken) as caught:
            jobs.swap([Move(before, before)])
        assert caught.value.job_id == before.id


def test_one_job_cannot_be_moved_twice_at_once(jobs):
    job = queued("/a")
    jobs.add([job])
    with pytest.raises(JobTaken):
        jobs.swap([Move(job, replace(job, stage="x")), Move(job, replace(job, stage="y"))])
    assert jobs.get(job.id) == job


def test_of_many_that_swap_one_wins(jobs):
    job = queued("/a")
    jobs.add([job])

    def begin(name):
        try:
            jobs.swap([Move(job, replace(job, state=JobState.RUNNING, owner=name))])
        except JobTaken:
            return None
        return name

    with ThreadPoolExecutor(8) as pool:
        winners = [name for name in pool.map(begin, map(str, range(16))) if name]
    assert winners == [jobs.get(job.id).owner]


def test_of_many_that_add_all_get_one_job(jobs):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: jobs.add([queued("/a"), queued("/b")]), range(12)))
    assert len({job.id for pair in found for job in pair}) == 2
    assert jobs.counts()[JobState.QUEUED] == 2


def test_jobs_are_paged_in_the_order_they_were_made(jobs):
    made = jobs.add([queued(f"/{n}", batch="odd" if n % 2 else "even") for n in range(25)])
    made += jobs.add([queued(f"/{n}", batch="odd" if n % 2 else "even") for n in range(25, 40)])
    pages, after = [], None
    while page := jobs.jobs(after=after, limit=7):
        pages += page
        after = page[-1].id
    assert pages == made
    assert jobs.jobs(batch="odd", limit=1000) == made[1::2]
    assert jobs.jobs(batch="odd", after=made[10].id, limit=2) == [made[11], made[13]]
    assert jobs.jobs(batch="neither") == []
    jobs.swap([Move(made[4], replace(made[4], state=JobState.RUNNING))])
    assert [job.id for job in jobs.jobs([JobState.RUNNING])] == [made[4].id]
    assert jobs.jobs([]) == []


def test_a_page_after_nothing_is_a_named_error(jobs):
    for after in ("nope", "", "a\0b", "%"):
        with pytest.raises(InvalidCursor):
            jobs.jobs(after=after)


def test_counts(jobs):
    made = jobs.add([queued(f"/{n}", batch="b" if n < 3 else None) for n in range(5)])
    jobs.swap([Move(made[0], replace(made[0], state=JobState.DEAD))])
    assert jobs.counts() == dict.fromkeys(JobState, 0) | {JobState.QUEUED: 4, JobState.DEAD: 1}
    assert jobs.counts("b") == dict.fromkeys(JobState, 0) | {JobState.QUEUED: 2, JobState.DEAD: 1}


def test_unsent(jobs):
    never = queued("/never")
    long_ago, lately = queued("/ago", sent_at=100.0), queued("/lately", sent_at=200.0)
    later = queued("/later", not_before=500.0)
    busy = queued("/busy", state=JobState.RUNNING)
    jobs.add([never, long_ago, lately, later, busy])
    assert jobs.unsent(due=300.0, sent_before=150.0, limit=9) == [never, long_ago]
    assert jobs.unsent(due=300.0, sent_before=0.0, limit=9) == [never]
    assert jobs.unsent(due=500.0, sent_before=201.0, limit=3) == [never, long_ago, lately]
    assert jobs.unsent(due=500.0, sent_before=200.0, limit=9) == [never, long_ago, later]


def test_odd_text_is_kept_or_made_storable(jobs):
    odd = queued("/a\0b\ud800'\"%_\\", tags=Tags(title="x\0y \ud800", metadata={"k\0": "v\0"}))
    (kept,) = jobs.add([odd])
    assert kept.source == "/a\ufffdb\ufffd'\"%_\\"
    assert jobs.add([queued(odd.source)]) == [kept]
    assert jobs.jobs(batch="b\0") == []
