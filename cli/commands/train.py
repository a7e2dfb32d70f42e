"""``soundkin train``."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.console import print_json, progress_bar, remark
from cli.place import HomeOption, JsonOption, place
from embedder.training.train import OWN_TERMS, train


def command(
    manifests: Annotated[list[Path], typer.Argument(metavar="MANIFEST...", help="CSVs with path, artist and genre.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the new bundle (default: bundles/own in the home).")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write curves, confusion matrix and card there.")
    ] = None,
    licence: Annotated[Path | None, typer.Option("--license", help="Text file: the terms of the new weights.")] = None,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 1,
    architecture: Annotated[
        Literal["seed", "kin"],
        typer.Option(help="seed: told genres only; kin: many tasks, and statistics beside them."),
    ] = "seed",
    epochs: Annotated[int, typer.Option(min=1, help="At most so many rounds over the data.")] = 20,
    home: HomeOption = None,
    json: JsonOption = False,
) -> int:
    """Train a bundle on labelled audio; artists are kept apart between training and test.

    SOUNDKIN_BUNDLE=FOLDER makes the other commands use it.

    Example: soundkin train catalogue.csv --report report/
    """
    here = place(home)
    folder = (out or here.home.root / "bundles" / "own").absolute()
    folder.mkdir(parents=True, exist_ok=True)  # better now than after an hour
    terms = licence.read_text(encoding="utf-8") if licence else OWN_TERMS
    with progress_bar() as bar:
        tasks = {}

        def show(stage: str, done: float) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=100)
            bar.update(tasks[stage], completed=round(100 * done))

        metrics = train(
            manifests,
            folder,
            report,
            cache=here.home.root / "spectrograms",
            seed=seed,
            epochs=epochs,
            architecture=architecture,
            terms=terms,
            progress=show,
        )
    if json:
        print_json(metrics)
    remark(f"{metrics['model']} is in {folder}; use it with SOUNDKIN_BUNDLE={folder}")
    return 0
