"""What a person sees: progress and remarks on stderr, results on stdout."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

stderr = Console(stderr=True, highlight=False, soft_wrap=True)
stdout = Console(highlight=False)
_UNFOLDED = 100_000  # characters of a line, where no terminal limits it


def remark(text: str) -> None:
    """Say one line on stderr, as it is."""
    stderr.print(text, markup=False)


def print_line(text: str) -> None:
    """Print one line on stdout, as it is."""
    stdout.print(text, markup=False, soft_wrap=True)


def print_json(data: Any) -> None:
    """Print JSON, and only JSON, on stdout."""
    sys.stdout.write(orjson.dumps(_unicode(data), option=orjson.OPT_INDENT_2).decode() + "\n")


def _unicode(data: Any) -> Any:
    """Return the data with names that are not valid Unicode written with backslashes, as a terminal shows them."""
    if isinstance(data, str):
        return data.encode("utf-8", "backslashreplace").decode()
    if isinstance(data, Mapping):
        return {_unicode(name): _unicode(value) for name, value in data.items()}
    return [_unicode(value) for value in data] if isinstance(data, list | tuple) else data


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table on stdout; cells are text, not markup."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold", justify="right" if name in {"score", "#"} else "left")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    # read by another program, a row is one line: a path folded in two is found by nobody
    (stdout if stdout.is_terminal else Console(highlight=False, width=_UNFOLDED)).print(table)


def progress_bar() -> Progress:
    """Return a progress bar with counts and the time that is left, on stderr."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=stderr,
        transient=False,
    )


@contextmanager
def stages() -> Iterator[Callable[[str, float], None]]:
    """Show a long work: a bar a stage; what is yielded is told a stage and how much of it is done, 0 to 1.

    Where nobody watches a terminal, each stage is one line.
    """
    with progress_bar() as bar:
        begun: dict[str, TaskID] = {}

        def show(stage: str, done: float) -> None:
            if stage not in begun:
                begun[stage] = bar.add_task(stage, total=100)
                if not stderr.is_terminal:
                    remark(stage)
            bar.update(begun[stage], completed=round(100 * done))

        yield show
