"""``soundkin retry``."""

from cli.catalogue import open_rows
from cli.console import remark
from cli.failures import failures
from cli.place import HomeOption, place
from cli.queueing import job_ledger, submit
from songs.ports import Request


def command(home: HomeOption = None) -> int:
    """Queue again everything that `soundkin errors` lists; a running `soundkin up` does the work.

    Example: soundkin retry
    """
    here = place(home)
    store = open_rows(here)
    again = [Request(job.source, job.tags, job.kind, job.label) for job in failures(store)]
    jobs = submit(job_ledger(here, store), again)
    remark(f"queued {len(jobs)} jobs again")
    return 0
