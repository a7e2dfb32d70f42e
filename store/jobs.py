"""Job rows in SQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, or_, select, update

from songs.errors import InvalidCursor, JobTaken, UnknownJob
from songs.identity import JobId
from songs.jobs import OPEN, Job, JobKind, JobState, Move
from store.database import Database, batches, numbers, upsert
from store.folding import storable
from store.rows import job_of, job_values
from store.tables import OPEN_ROWS, jobs

_OPEN = jobs.c.state.in_(sorted(OPEN))

Task: TypeAlias = tuple[str, JobKind, str]  # source, kind and label: what has one open job at most


@dataclass(frozen=True, slots=True)
class SqlJobs:
    """The port ``JobStore``; a partial unique index sees to it that a task has one open job at most."""

    database: Database

    def add(self, wanted: Sequence[Job]) -> list[Job]:
        """Write new rows; where a source has an open job of that kind and label, that one is returned in place."""
        wanted = [replace(job, source=storable(job.source)) for job in wanted]
        placed: dict[Task, Job] = {}
        left = {_task(job): job for job in reversed(wanted)}
        with self.database.write() as connection:
            last = numbers(connection, "jobs", len(wanted)) - len(wanted)
            order = {job.id: last + place for place, job in enumerate(wanted, start=1)}
            while left:  # again only where the job that was in the way ended meanwhile
                _insert(connection, left.values(), order)
                placed |= _written(connection, left)
                left = {task: job for task, job in left.items() if task not in placed}
                placed |= _in_the_way(connection, left)
                left = {task: job for task, job in left.items() if task not in placed}
        return [placed[_task(job)] for job in wanted]

    def get(self, job_id: JobId) -> Job:
        """Return a job; raises UnknownJob."""
        with self.database.read() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
        if row is None:
            raise UnknownJob(job_id)
        return job_of(row)

    def swap(self, moves: Sequence[Move]) -> None:
        """Write each ``after`` (with ``version`` + 1) whose row is still ``before``, all or none; raises JobTaken."""
        if moves:
            with self.database.write() as connection:
                swap(connection, moves)

    def jobs(
        self,
        states: Iterable[JobState] = tuple(JobState),
        batch: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Job]:
        """Return jobs in the order they were made, those after the job ``after`` where it is given.

        Raises
        ------
        InvalidCursor
            No job has the id ``after``.
        """
        query = select(jobs).where(jobs.c.state.in_(sorted(set(states)))).order_by(jobs.c.number).limit(limit)
        if batch is not None:
            query = query.where(jobs.c.batch == batch)
        with self.database.read() as connection:
            if after is not None:
                query = query.where(jobs.c.number > _number(connection, after))
            return [job_of(row) for row in connection.execute(query)]

    def unsent(self, due: float, sent_before: float, limit: int) -> list[Job]:
        """Return queued jobs, oldest first, that may begin at ``due`` and were not sent since ``sent_before``."""
        waiting = select(jobs).where(jobs.c.state == str(JobState.QUEUED), jobs.c.not_before <= due)
        query = waiting.where(or_(jobs.c.sent_at.is_(None), jobs.c.sent_at < sent_before))
        with self.database.read() as connection:
            return [job_of(row) for row in connection.execute(query.order_by(jobs.c.number).limit(limit))]

    def counts(self, batch: str | None = None) -> Mapping[JobState, int]:
        """Return how many jobs stand in each state, 0 included."""
        query = select(jobs.c.state, func.count()).group_by(jobs.c.state)
        if batch is not None:
            query = query.where(jobs.c.batch == batch)
        with self.database.read() as connection:
            found = {JobState(state): count for state, count in connection.execute(query)}
        return {state: found.get(state, 0) for state in JobState}


def swap(connection: Connection, moves: Sequence[Move]) -> None:
    """Make moves within a transaction, all or none; raises JobTaken."""
    # one order for all writers, so that two of them cannot wait for each other
    rows = [_swapped(move) for move in sorted(moves, key=lambda move: move.before.id)]
    with connection.begin_nested() as together:
        if connection.execute(_SWAP, rows).rowcount == len(rows):
            return
        together.rollback()
    raise JobTaken(_strayed(connection, moves))


_SWAP = (
    update(jobs)
    .where(jobs.c.id == bindparam("id_"), jobs.c.version == bindparam("version_"), jobs.c.state == bindparam("state_"))
    .values({name: bindparam(name) for name in job_values(Job(id=JobId(""), source="")) if name != "id"})
)


def _swapped(move: Move) -> dict[str, object]:
    before, after = move.before, replace(move.after, version=move.before.version + 1)
    values = {name: value for name, value in job_values(after).items() if name != "id"}
    return values | {"id_": before.id, "version_": before.version, "state_": str(before.state)}


def _strayed(connection: Connection, moves: Sequence[Move]) -> JobId:
    """Return the first job whose row is not as its move expects."""
    before = {move.before.id: (str(move.before.state), move.before.version) for move in moves}
    found = _rows(connection, select(jobs.c.id, jobs.c.state, jobs.c.version), jobs.c.id, before)
    rows = {row.id: (row.state, row.version) for row in found}
    strayed = (job_id for job_id in before if rows.get(job_id) != before[job_id])
    return next(strayed, moves[0].before.id)  # none where one job is moved twice


def cancel_open(connection: Connection, source: str, now: float) -> None:
    """Cancel the open jobs of a source, of every kind."""
    ended = {"state": str(JobState.CANCELLED), "owner": None, "heartbeat": None, "finished_at": now}
    connection.execute(update(jobs).where(jobs.c.source == source, _OPEN).values(**ended, version=jobs.c.version + 1))


def _insert(connection: Connection, wanted: Iterable[Job], order: Mapping[JobId, int]) -> None:
    what = [jobs.c.source, jobs.c.kind, jobs.c.label]
    new = upsert(connection, jobs).on_conflict_do_nothing(index_elements=what, index_where=OPEN_ROWS)
    connection.execute(new, [job_values(job) | {"number": order[job.id]} for job in wanted])


def _written(connection: Connection, wanted: Mapping[Task, Job]) -> dict[Task, Job]:
    by_id = {job.id: job for job in wanted.values()}
    found = _rows(connection, select(jobs.c.id), jobs.c.id, by_id)
    return {_task(by_id[row.id]): by_id[row.id] for row in found}


def _in_the_way(connection: Connection, wanted: Mapping[Task, Job]) -> dict[Task, Job]:
    sources = dict.fromkeys(source for source, _, _ in wanted)
    found = map(job_of, _rows(connection, select(jobs).where(_OPEN), jobs.c.source, sources))
    return {_task(job): job for job in found if _task(job) in wanted}


def _task(job: Job) -> Task:
    return job.source, job.kind, job.label


def _number(connection: Connection, job_id: str) -> int:
    number = connection.execute(select(jobs.c.number).where(jobs.c.id == job_id)).scalar_one_or_none()
    if number is None:
        raise InvalidCursor(job_id)
    return int(number)


def _rows(
    connection: Connection, query: Select[Any], column: ColumnElement[Any], values: Iterable[str]
) -> Iterator[Row[Any]]:
    for part in batches(values):
        yield from connection.execute(query.where(column.in_(part)))
