"""``soundkin ingest``."""

from dataclasses import asdict
from typing import Annotated

import typer

from cli.catalogue import open_rows, own_model, settle_model
from cli.console import print_json, remark
from cli.crew import interruptible
from cli.ingesting import Hands, Tally, wait
from cli.place import HomeOption, JsonOption, place
from cli.plan import Plan, Planner
from cli.queueing import job_ledger, submit
from store import Store


def command(
    sources: Annotated[
        list[str], typer.Argument(metavar="PATH|URL|CSV...", help="Folders, files, addresses, manifests.")
    ],
    home: HomeOption = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Queue only; a running `up` does the work.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Delete songs below the folders whose file is gone.")] = False,
    json: JsonOption = False,
) -> int:
    """Listen to music and add it to the catalogue.

    What stands there unchanged is skipped, so the same command again goes on where it was stopped.
    Works beside a running `soundkin up`, or starts workers for itself.

    Example: soundkin ingest ~/Music --dry-run
    """
    interruptible()
    here = place(home)
    store = open_rows(here)
    model = own_model(here) if dry_run else settle_model(here, store)
    plan = Planner(store.songs, model)(sources)
    _show(plan, prune=prune)
    if dry_run:
        if json:
            print_json({"new_or_changed": [r.source for r in plan.requests], "unchanged": plan.unchanged,
                        "vanished": sorted(plan.vanished), "refused": plan.refused})  # fmt: skip
        return 1 if plan.refused else 0
    store.songs.mark_missing(plan.vanished)  # a moved file is found again by its sound, so nothing is deleted before
    ledger = job_ledger(here, store)
    if no_wait:
        queued = len(submit(ledger, plan.requests))
        if json:
            print_json({"queued": queued, "unchanged": plan.unchanged, "refused": plan.refused})
        remark(f"queued {queued} jobs; `soundkin jobs` shows them, `soundkin up` runs them")
        if prune and plan.vanished:
            remark("nothing is pruned with --no-wait: a file that moved is known by its job only")
        return 1 if plan.refused else 0
    tally = Tally()
    if plan.requests:
        jobs = submit(ledger, plan.requests)
        try:
            with Hands(here, store) as hands:
                tally = wait(store, jobs, hands.tend)
        except KeyboardInterrupt:
            remark("stopped waiting; what is left stays queued: run the same command again, or soundkin up, to go on")
            return 130
    if prune:
        _prune(store, plan)
    return _report(plan, tally, json=json)


def _prune(store: Store, plan: Plan) -> None:
    """Delete the songs whose file is gone and did not turn up elsewhere."""
    for source, song_id in plan.vanished.items():
        standing = store.songs.standing(source)
        if standing is not None and standing.song_id == song_id:
            store.songs.delete(song_id, remember=False)


def _show(plan: Plan, *, prune: bool) -> None:
    for what, why in plan.refused:
        remark(f"  refused: {what}: {why}")
    if plan.deleted:
        remark(f"{len(plan.deleted)} files whose song you deleted are left alone; name a file itself to bring it back")
    if plan.vanished:
        fate = "deleted" if prune else "marked as missing and still served; --prune deletes them"
        remark(f"{len(plan.vanished)} songs whose file is gone: {fate}")
    remark(f"{len(plan.requests)} to listen to, {plan.unchanged} unchanged")


def _report(plan: Plan, tally: Tally, *, json: bool) -> int:
    unchanged = plan.unchanged + tally.unchanged
    if json:
        ended = {**asdict(tally), "unchanged": unchanged}
        print_json({**ended, "refused": plan.refused, "vanished": sorted(plan.vanished)})
    remark(f"{tally.committed} songs committed, {unchanged} unchanged, {tally.failed} failed")
    if tally.failed:
        remark("`soundkin errors` lists what failed and why")
    if plan.refused and not (tally.committed or unchanged or tally.failed or plan.vanished):
        return 2
    return 1 if tally.failed or plan.refused else 0
