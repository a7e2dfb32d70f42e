"""The command ``soundkin``: one lazy group, so that ``similar`` does not pay for what ``train`` needs."""

import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from cli.extras import load
from songs.errors import SongsError

# command -> (one line of help, extra that its module needs)
COMMANDS = {
    "up": ("Start everything on one machine: workers, sweeper, API, page.", "api,worker"),
    "ingest": ("Listen to a folder, files or a manifest, and add them to the catalogue.", "worker"),
    "similar": ("Show the songs that sound most like a song or a file.", "worker"),
    "label": ("Label audio that is not stored.", "worker"),
    "embed": ("Write the vectors of audio files to an .npz.", "worker"),
    "evaluate": ("Measure retrieval and labels on a manifest.", "worker"),
    "train": ("Train a model bundle on labelled audio.", "train"),
    "ablate": ("Train the recipe without each of its parts and compare.", "train"),
    "jobs": ("List jobs and their states.", "worker"),
    "errors": ("List what failed, with reasons.", "worker"),
    "retry": ("Queue failed jobs again.", "worker"),
    "reindex": ("Build the index afresh from the rows.", "worker"),
    "doctor": ("Check this installation and say what to do.", "worker"),
    "demo": ("From nothing to recommendations, on your music or on demo songs.", "api,worker"),
}


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and imports only the one that runs."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return all names, most wanted first."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        """Import a command's module; raises MissingExtra where a package is not installed."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = load(f"cli.commands.{cmd_name}", COMMANDS[cmd_name][1])
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        app.command(cmd_name)(module.command)
        return typer.main.get_command(app)

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """List the commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (text, _) in COMMANDS.items()])


soundkin = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _shown(wanted: bool) -> None:
    if wanted:
        print(f"soundkin {version('soundkin')}")
        raise typer.Exit


@soundkin.callback()
def _group(
    show: Annotated[bool, typer.Option("--version", callback=_shown, is_eager=True, help="Show the version.")] = False,
) -> None:
    """Find the songs of a catalogue that sound alike, computed from its own audio.

    Begin with: soundkin up --demo, or: soundkin ingest ~/Music && soundkin similar "Artist - Title".
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run one command; a person's mistake ends with one sentence and status 2."""
    try:
        status = soundkin(args=None if args is None else list(args), prog_name="soundkin", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        status = 130
    except typer.TyperException as error:
        status = _complaint(getattr(error, "format_message", error.__str__)())
    except SongsError as error:
        status = _complaint(str(error))
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone, as `| head` does
        status = 0
    except OSError as error:  # a path that cannot be written, a disk that is full
        status = _complaint(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    sys.exit(status if isinstance(status, int) else 0)


def _complaint(text: str) -> int:
    Console(stderr=True, soft_wrap=True).print(f"soundkin: {text}", markup=False, highlight=False)
    return 2


if __name__ == "__main__":
    main()
