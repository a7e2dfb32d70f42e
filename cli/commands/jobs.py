"""``soundkin jobs``."""

from typing import Annotated, Any

import typer

from cli.catalogue import open_rows
from cli.console import print_json, print_table, remark
from cli.place import HomeOption, JsonOption, place
from songs.jobs import Job, JobState


def command(
    state: Annotated[list[JobState] | None, typer.Option(help="Only jobs in this state; may be given again.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the oldest first.")] = 100,
    home: HomeOption = None,
    json: JsonOption = False,
) -> int:
    """List jobs and count them by state.

    Example: soundkin jobs --state running
    """
    store = open_rows(place(home))
    jobs = store.jobs.jobs(states=state or tuple(JobState), limit=limit)
    counts = store.jobs.counts()
    if json:
        print_json({"counts": {str(k): v for k, v in counts.items()}, "jobs": [as_json(job) for job in jobs]})
        return 0
    print_table(
        ("id", "task", "state", "stage", "attempts", "source"),
        [
            (j.id, f"{j.kind} {j.label}".strip(), j.state, f"{j.stage} {j.progress:.0%}", str(j.attempts), j.source)
            for j in jobs
        ],
    )
    remark(", ".join(f"{count} {name}" for name, count in counts.items() if count) or "no jobs yet")
    return 0


def as_json(job: Job) -> dict[str, Any]:
    """Return what a person or a program wants to know of a job."""
    reason = None if job.reason is None else {"code": job.reason.code, "message": job.reason.message}
    return {"id": job.id, "kind": job.kind, "label": job.label, "source": job.source, "state": job.state,
            "stage": job.stage, "progress": job.progress,
            "attempts": job.attempts, "outcome": job.outcome, "song_id": job.song_id, "reason": reason,
            "created_at": job.created_at, "started_at": job.started_at, "finished_at": job.finished_at}  # fmt: skip
