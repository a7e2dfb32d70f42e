"""Where a command works: the environment, with what the command line says on top."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

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


_SQLITE = "sqlite:///"


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
    settings = replace(settings, home=root, **_absolute(settings))
    root.mkdir(parents=True, exist_ok=True)
    return Place(settings, settings.place(), env | chosen | _as_environment(settings))


def _absolute(settings: Settings) -> dict[str, Any]:
    """Return the settings that name files, for child processes that run elsewhere."""
    url = settings.database_url
    if url is not None and url.startswith(_SQLITE) and not url.startswith(_SQLITE + "/"):
        url = _SQLITE + str(Path(url.removeprefix(_SQLITE)).absolute())
    bundle = settings.bundle and settings.bundle.expanduser().absolute()
    return {"database_url": url, "bundle": bundle, "roots": tuple(root.absolute() for root in settings.roots)}


def _as_environment(settings: Settings) -> dict[str, str]:
    paths = {
        "SOUNDKIN_HOME": settings.home,
        "SOUNDKIN_BUNDLE": settings.bundle,
        "SOUNDKIN_ROOTS": os.pathsep.join(map(str, settings.roots)) or None,
        "DATABASE_URL": settings.database_url,
    }
    return {name: str(value) for name, value in paths.items() if value is not None}
