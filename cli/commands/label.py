"""``soundkin label``."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import print_json, print_line, print_table
from cli.explaining import Told, Wish, explain, picture_folder
from cli.labelling import COLUMNS, rows
from cli.listening import Heard, files, listen
from cli.ordering import RANKABLE, rankable, show_order
from cli.place import HomeOption, JsonOption, Place, place
from songs.errors import SongsError
from songs.labels import Labels


def command(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Audio files, or folders of them.")],
    rank: Annotated[
        str | None,
        typer.Option("--rank", metavar="LABEL", help=f"Order the songs by a label: {', '.join(RANKABLE)}."),
    ] = None,
    why: Annotated[
        str | None,
        typer.Option(
            "--explain", metavar="LABEL", help="Say and draw what drove popularity, genre or mood, or genre:NAME."
        ),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="DIR", help="Where pictures go; without it, into this folder.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> int:
    """Label audio that is not stored. A label that cannot be told is null, a dash in the table.

    Example: soundkin label new-single.mp3 --explain popularity

    soundkin label --rank popularity demos/ orders songs, with intervals, and says when the order is within noise.
    """
    order = rankable(rank)
    wish = None if why is None else Wish.parse(why)
    if order is not None and wish is not None:
        raise typer.BadParameter("songs are either ranked or explained; leave one out", param_hint="--rank")
    if picture is not None and wish is None:
        raise typer.BadParameter("pictures are drawn by --explain", param_hint="--picture")
    folder = None if wish is None else picture_folder(picture)
    here = place(home)
    heard = list(listen(here, files(paths)))
    entries = [_as_json(one) for one in heard]
    status = 1 if any(one.error is not None for one in heard) else 0
    if order is not None:
        show_order(heard, entries, json=json)
        return status
    told = {} if wish is None or folder is None else _explained(here, heard, wish, folder)
    if any(isinstance(one, SongsError) for one in told.values()):
        status = 1
    if json:
        print_json(entries if wish is None else [_with(entry, told) for entry in entries])
    else:
        _show(heard, told)
    return status


def _explained(here: Place, heard: Sequence[Heard], wish: Wish, folder: Path) -> dict[str, Told | SongsError]:
    good = [one.path for one in heard if one.listened is not None]
    return dict(zip(good, explain(here, good, wish, folder), strict=True)) if good else {}


def _show(heard: Sequence[Heard], told: dict[str, Told | SongsError]) -> None:
    """Print a table for each song, and its explanation if there is one; what failed was named on stderr."""
    good = [(one.path, one.listened.heard.labels) for one in heard if one.listened is not None]
    for number, (path, labels) in enumerate(good):
        print_line(("\n" if number else "") + path)
        print_table(COLUMNS, list(rows(labels)))
        why = told.get(path)
        if isinstance(why, Told):
            for line in why.lines():
                print_line(line)


def _as_json(one: Heard) -> dict[str, Any]:
    labels = one.listened.heard.labels if one.listened is not None else Labels()
    error = None if one.error is None else {"code": one.error.code, "message": str(one.error)}
    return {"path": one.path, **labels.as_json(), "error": error}


def _with(entry: dict[str, Any], told: dict[str, Told | SongsError]) -> dict[str, Any]:
    """Return what is said of a file together with its explanation, null where there is none."""
    why = told.get(entry["path"])
    if isinstance(why, SongsError):
        return entry | {"explanation": None, "error": {"code": why.code, "message": str(why)}}
    return entry | {"explanation": None if why is None else why.as_json()}
