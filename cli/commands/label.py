"""``soundkin label``."""

from typing import Annotated, Any

import typer

from cli.console import print_json, print_table
from cli.listening import Heard, files, listen
from cli.place import HomeOption, JsonOption, place
from songs.labels import Labels


def command(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Audio files, or folders of them.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> int:
    """Label audio that is not stored. A label that this version cannot tell yet is null.

    Example: soundkin label new-single.mp3 --json
    """
    heard = list(listen(place(home), files(paths)))
    if json:
        print_json([_as_json(one) for one in heard])
    else:
        rows = [_row(one.path, one.listened.heard.labels) for one in heard if one.listened is not None]
        print_table(("file", "genre", "confidence", "next likeliest"), rows)
    return 1 if any(one.error is not None for one in heard) else 0


def _as_json(one: Heard) -> dict[str, Any]:
    labels = one.listened.heard.labels if one.listened is not None else Labels()
    error = None if one.error is None else {"code": one.error.code, "message": str(one.error)}
    return {"path": one.path, **labels.as_json(), "error": error}


def _row(path: str, labels: Labels) -> tuple[str, ...]:
    genre = labels.genre
    others = sorted(genre.probabilities.items(), key=lambda item: -item[1])[1:3]
    doubt = "?" if genre.uncertain else ""
    runners = ", ".join(f"{name} {share:.0%}" for name, share in others)
    return path, f"{genre.value}{doubt}", f"{genre.confidence or 0:.0%}", runners
