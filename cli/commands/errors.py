"""``soundkin errors``."""

from cli.catalogue import open_rows
from cli.commands.jobs import as_json
from cli.console import print_json, print_table, remark
from cli.failures import failures
from cli.place import HomeOption, JsonOption, place


def command(home: HomeOption = None, json: JsonOption = False) -> int:
    """List the sources that failed and have not been done since, each with its reason.

    Example: soundkin errors --json
    """
    failed = failures(open_rows(place(home)))
    if json:
        print_json([as_json(job) for job in failed])
        return 0
    if failed:
        reasons = [(job, job.reason) for job in failed]
        print_table(
            ("source", "state", "reason", "what"),
            [
                (job.source, job.state, reason.code if reason else "", reason.message if reason else "")
                for job, reason in reasons
            ],
        )
    remark(f"{len(failed)} failed" if failed else "nothing failed")
    return 0
