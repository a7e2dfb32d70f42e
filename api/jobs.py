"""``/v1/jobs``: what is being done, and what came of it."""

from collections.abc import Mapping
from typing import Any, Protocol

from api.access import Gate
from api.blueprints import Blueprint
from api.queries import jobs_query
from api.schemas import JobPageSchema, OneJobSchema
from songs.identity import JobId
from songs.jobs import Job, JobState
from songs.ports import JobStore, Ledger


class CancellingLedger(Ledger, Protocol):
    """A ledger that can also end a job which nobody wants any more."""

    def cancel(self, job_id: JobId) -> Job:
        """End a queued or running job; raises UnknownJob, ForbiddenMove, JobTaken."""
        ...


def blueprint(jobs: JobStore, ledger: CancellingLedger, gate: Gate, most: int) -> Blueprint:
    """Return the routes; ``most`` is the number of jobs in one answer."""
    routes = Blueprint("jobs", "Songs on their way in.")
    routes.before_request(gate.check)

    @routes.at("/jobs")
    @routes.query(jobs_query(most))
    @routes.answers(200, JobPageSchema)
    def page(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List jobs, oldest first."""
        states = tuple(JobState) if query["state"] is None else (JobState(query["state"]),)
        limit, batch = query["limit"], query["batch"]
        found = jobs.jobs(states, batch, query["cursor"] or None, limit + 1)
        more = found[limit - 1].id if len(found) > limit else None
        return {"jobs": found[:limit], "next_cursor": more, "counts": jobs.counts(batch)}

    @routes.at("/jobs/<job_id>")
    @routes.answers(200, OneJobSchema)
    def job(job_id: str) -> Job:
        """Show a job."""
        return jobs.get(JobId(job_id))

    @routes.at("/jobs/<job_id>", "DELETE")
    @routes.needs_key()
    @gate.writing
    @routes.answers(200, OneJobSchema)
    def cancel(job_id: str) -> Job:
        """Cancel a job that has not ended."""
        return ledger.cancel(JobId(job_id))

    return routes
