"""``soundkin doctor``."""

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version

from cli.catalogue import bundle_folder, open_rows
from cli.console import print_json, remark, stdout
from cli.lock import HomeLock
from cli.place import HomeOption, JsonOption, Place, place
from cli.queueing import job_ledger
from embedder import bundle
from songs.errors import HomeInUse, SongsError
from songs.jobs import JobState

ROOM = 1 << 30  # bytes that should be free
_PACKAGES = ("numpy", "faiss-cpu", "onnxruntime", "celery", "flask", "sqlalchemy", "tensorflow")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    says: str


def command(home: HomeOption = None, json: JsonOption = False) -> int:
    """Check this installation and say what to do.

    Example: soundkin doctor
    """
    here = place(home)
    findings = list(_findings(here))
    if json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            stdout.print(f"{'ok  ' if finding.ok else 'FAIL'} {finding.what}: {finding.says}", markup=False)
    bad = sum(not finding.ok for finding in findings)
    remark("all well" if not bad else f"{bad} to mend")
    return 1 if bad else 0


def _findings(here: Place) -> Iterator[Finding]:
    yield Finding("python", True, f"{platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores")
    yield Finding("packages", True, ", ".join(f"{name} {_version(name)}" for name in _PACKAGES))
    yield Finding("home", os.access(here.home.root, os.W_OK), str(here.home.root))
    free = shutil.disk_usage(here.home.root).free
    yield Finding("disk", free > ROOM, f"{free / ROOM:.1f} GiB free in the home")
    checks: dict[str, Callable[[Place], str]] = {"bundle": _bundle, "database": _database, "queue": _queue, "up": _up}
    for what, check in checks.items():
        yield _checked(what, check, here)


def _checked(what: str, check: Callable[[Place], str], here: Place) -> Finding:
    try:
        return Finding(what, True, check(here))
    except SongsError as error:
        return Finding(what, False, str(error))


def _bundle(here: Place) -> str:
    folder = bundle_folder(here)
    loaded = bundle.verify(folder)
    licence = (folder / "LICENSE").read_text(encoding="utf-8").strip().splitlines()[0]
    return f"{loaded.model}; the weights have a licence of their own: {licence}"


def _database(here: Place) -> str:
    store = open_rows(here)
    counts = store.jobs.counts()
    waiting = counts.get(JobState.QUEUED, 0)
    return f"{store.songs.page(limit=1).total} songs, {waiting} jobs waiting, log at {store.log.head()}"


def _queue(here: Place) -> str:
    return f"{job_ledger(here, open_rows(here)).queue.depth()} messages waiting"


def _up(here: Place) -> str:
    try:
        with HomeLock(here.home.root, "soundkin doctor"):
            return "not running; `soundkin up` starts it"
    except HomeInUse as busy:
        return busy.owner


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
