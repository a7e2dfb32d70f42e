"""Two ways to the same thing, run in turn: what each costs, and how many times less ours does."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median

PAIRS = 5

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table, one object of the JSON."""

    name: str  # what is compared, with the unit of both figures
    ours: float | None  # None where it could not be measured here
    peer: float | None
    ratio: float | None  # above 1 where ours is better
    goal: float  # of the ratio
    ok: bool | None


def judged(name: str, costs: Sequence[tuple[float, float]], goal: float) -> Line:
    """Compare costs, (ours, the peer's) of each pair: medians of both sides, and the median of the pairs' ratios."""
    ratio = median(peer / ours for ours, peer in costs)
    return Line(name, median(ours for ours, _ in costs), median(peer for _, peer in costs), ratio, goal, ratio >= goal)


def compared(name: str, ours: Work, peer: Work, goal: float) -> Line:
    """Run both in turn, ``PAIRS`` times after one that does not count, and compare ms of processor time."""
    ours()
    peer()
    return judged(f"{name}, ms", [(milliseconds(ours), milliseconds(peer)) for _ in range(PAIRS)], goal)


def unmeasured(name: str, goal: float) -> Line:
    """Stand in for what this machine or this installation cannot run."""
    return Line(name, None, None, None, goal, None)


def milliseconds(work: Work) -> float:
    """Return the processor time of one call, of all threads together."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e3


def tell(lines: Iterable[Line]) -> None:
    """Write lines to stdout as JSON, for the process that collects them."""
    sys.stdout.write(json.dumps([asdict(line) for line in lines]))


def heard(told: str) -> list[Line]:
    """Read what ``tell`` wrote."""
    return [Line(**line) for line in json.loads(told)]


def table(lines: Sequence[Line]) -> str:
    """Return the lines as text in columns."""
    width = max((len(line.name) for line in lines), default=4)
    rows = [f"{'name':{width}}  {'ours':>9}  {'peer':>9}  {'ratio':>6}  {'goal':>5}"]
    for line in lines:
        figures = f"{_figure(line.ours, 9)}  {_figure(line.peer, 9)}  {_figure(line.ratio, 6)}"
        verdict = {True: "", False: "  missed", None: "  not here"}[line.ok]
        rows.append(f"{line.name:{width}}  {figures}  {line.goal:5.4g}{verdict}")
    return "\n".join(rows)


def _figure(value: float | None, width: int) -> str:
    if value is None:
        return f"{'-':>{width}}"
    return f"{value:{width}.0f}" if value >= 1000 else f"{value:{width}.4g}"
