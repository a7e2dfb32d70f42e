"""Where a command works: the environment, with what the command line says on top."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from songs.settings import Home, Settings, settings_from_env

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", metavar="DIR", help="Folder that holds all state (SOUNDKIN_HOME; default: your data folder)."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, and nothing else there.")]


@dataclass(frozen=True, slots=True)
class Place:
    """Settings and home of this command, and the environment that its child processes get."""

    settings: Settings
    home: Home
    env: dict[str, str]


def place(home: Path | None, **choices: object) -> Place:
    """Read the environment, put the command line's choices over it, make the home.

    Parameters
    ----------
    home : Path or None
        What ``--home`` said.
    **choices
        Fields of Settings; ``None`` leaves the environment's.

    Raises
    ------
    InvalidSettings
        With every problem at once.
    """
    env = dict(os.environ)
    chosen = {f"SOUNDKIN_{name.upper()}": str(value) for name, value in choices.items() if value is not None}
    settings = settings_from_env(env | chosen)
    root = home or settings.home or Path(platformdirs.user_data_dir("soundkin", appauthor=False))
    root = root.expanduser().absolute()
    settings = replace(settings, home=root)
    root.mkdir(parents=True, exist_ok=True)
    return Place(settings, settings.place(), env | chosen | {"SOUNDKIN_HOME": str(root)})
