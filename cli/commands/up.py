"""``soundkin up``."""

import time
from typing import Annotated

import typer

from cli.console import remark
from cli.crew import interruptible
from cli.ingesting import demo_songs, ingest_paths
from cli.place import HomeOption, place
from cli.service import Service


def command(
    home: HomeOption = None,
    port: Annotated[
        int | None, typer.Option(help="TCP port on 127.0.0.1 (SOUNDKIN_PORT; 8000).", min=1, max=65535)
    ] = None,
    key: Annotated[str | None, typer.Option(help="Becomes the admin key on first start; else one is made.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Add the demo songs.")] = False,
) -> int:
    """Start everything on one machine, with nothing configured; Ctrl-C stops all.

    Example: soundkin up --demo
    """
    interruptible()
    here = place(home, port=port, key=key)
    with Service(here) as service:
        try:
            service.wait_until_ready()
            service.introduce()
            if demo:
                ingest_paths(here, service.store, [str(demo_songs(here))], service.tend)
            while True:
                service.tend()
                time.sleep(0.5)
        except KeyboardInterrupt:
            remark("\nstopping; jobs that are left wait for the next start")
    return 0
