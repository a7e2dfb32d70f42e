"""What a worker keeps: its resident memory after 500 songs against that after 50, its decoder child included."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.pairs import Line, judged, tell
from benchmarks.sound import short
from worker.listener import open_listener

EARLY, LATE = 50, 500
DIFFERENT = 20  # recordings, heard over and over


def lines(folder: Path) -> Iterator[Line]:
    """Measure."""
    paths = [str(short(folder, number)) for number in range(DIFFERENT)]
    kept = {}
    listener = open_listener(None, 3600)
    with closing(listener.decoder):
        for count in range(1, LATE + 1):
            listener(paths[count % DIFFERENT])
            if count in {EARLY, LATE}:
                kept[count] = resident()
    yield judged(
        f"worker's memory after {LATE} songs: against 1.1 times that after {EARLY}, MB",
        [(kept[LATE], 1.1 * kept[EARLY])], 1.0,
    )  # fmt: skip


def resident() -> float:
    """Return MB of this process and its children."""
    me = os.getpid()
    children = Path(f"/proc/{me}/task/{me}/children").read_text(encoding="ascii").split()
    return sum(_pages(process) for process in (str(me), *children)) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _pages(process: str) -> int:
    return int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        tell(lines(Path(place)))
