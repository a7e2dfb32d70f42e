"""``soundkin train``."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from cli.adapting import adapted
from cli.console import print_json, remark, stages
from cli.place import HomeOption, JsonOption, Place, place
from embedder.training.train import OWN_TERMS, Order, train


def command(
    manifests: Annotated[
        list[Path] | None, typer.Argument(metavar="[MANIFEST...]", help="CSVs with path, artist and genre.")
    ] = None,
    adapt: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Fit the bundle in use to the tagged files of a folder instead."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the new bundle (default: bundles/own or bundles/adapted in the home)."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write curves, confusion matrix and card there.")
    ] = None,
    judged: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep the bundle that was judged there, and teach the new one everything."),
    ] = None,
    licence: Annotated[Path | None, typer.Option("--license", help="Text file: the terms of the new weights.")] = None,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 1,
    architecture: Annotated[
        Literal["kin", "seed"],
        typer.Option(help="kin: many tasks, and statistics beside them; seed: told genres only."),
    ] = "kin",
    epochs: Annotated[
        int | None, typer.Option(min=1, help="At most so many rounds over the data (default: the recipe's).")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> int:
    """Train a bundle on labelled audio; artists are kept apart between training and test.

    With --adapt, the bundle in use is fitted to your own catalogue by the artist, album and genre in its files, if that
    helps songs that it was not fitted on; else nothing is written. SOUNDKIN_BUNDLE=FOLDER makes the other commands use
    a bundle.

    Example: soundkin train catalogue.csv --report report/

    Example: soundkin train --adapt ~/music
    """
    here = place(home)
    if (adapt is None) == (not manifests):
        raise typer.BadParameter("give manifests to learn from, or --adapt FOLDER, one of the two")
    folder = (out or here.home.root / "bundles" / ("own" if adapt is None else "adapted")).absolute()
    if adapt is not None:
        return _adapt(here, adapt, folder, seed, json)
    folder.mkdir(parents=True, exist_ok=True)  # better now than after an hour
    terms, apart = _terms(licence), judged.absolute() if judged else None
    if apart is not None and apart.resolve() == folder.resolve():
        raise typer.BadParameter("the judged bundle and the one that is taught everything need a folder each")
    with stages() as show:
        order = Order(
            manifests=manifests or [], out=folder, cache=here.home.root / "spectrograms", report=report, judged=apart,
            architecture=architecture, seed=seed, epochs=epochs, terms=terms,
        )  # fmt: skip
        metrics = train(order, show)
    return _done(metrics, folder, json)


def _done(metrics: dict[str, Any], folder: Path, json: bool) -> int:
    if json:
        print_json(metrics)
    _use(metrics["model"], folder)
    return 0


def _terms(licence: Path | None) -> str:
    try:
        return licence.read_text(encoding="utf-8") if licence else OWN_TERMS
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{licence} is not UTF-8 text", param_hint="--license") from error


def _adapt(here: Place, music: Path, folder: Path, seed: int, json: bool) -> int:
    verdict, model = adapted(here, music, folder, seed)
    if json:
        told: dict[str, Any] = {"model": model, **asdict(verdict), "better": verdict.better}
        print_json(told)
    measured = f"MAP within unseen halves {verdict.before:.3f} -> {verdict.after:.3f}"
    if model is not None:
        remark(f"{measured}; {verdict.gained} of {verdict.halves} halves gained")
        _use(model, folder)
    elif verdict.halves:
        remark(f"{measured}, {verdict.gained} of {verdict.halves} halves gained: not a sure gain, the bundle stays")
    else:
        remark(f"the tags relate {verdict.queries} of {verdict.songs} songs: too few to tell, the bundle stays")
    return 0


def _use(model: str, folder: Path) -> None:
    remark(f"{model} is in {folder}; use it with SOUNDKIN_BUNDLE={folder}")
