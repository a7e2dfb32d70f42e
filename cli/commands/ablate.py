"""``soundkin ablate``."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import remark, stages
from cli.place import HomeOption, place
from evaluation.trials import run


def command(
    manifests: Annotated[list[Path], typer.Argument(metavar="MANIFEST...", help="CSVs with path, artist, genre ...")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="JSON of the figures.")],
    home: HomeOption = None,
) -> int:
    """Train the recipe without each of its parts and compare, on artists that no trial heard; an hour or more.

    A run that was stopped goes on with the trial at which it stood.

    Example: soundkin ablate catalogue.csv -o ablation.json
    """
    here = place(home)
    with stages() as show:
        run(manifests, here.home.root / "spectrograms", out, show)
    remark(f"written: {out}")
    return 0
