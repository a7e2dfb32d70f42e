"""``soundkin demo``: what ``make demo`` runs."""

import time
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.console import print_table, remark
from cli.crew import free_port, interruptible
from cli.ingesting import demo_songs, ingest_paths
from cli.place import HomeOption, Place, place
from cli.service import Service
from songs.errors import PortTaken, UnsupportedSource

SHOWN = 4  # songs whose neighbours are printed


def command(
    home: HomeOption = None,
    music: Annotated[Path | None, typer.Option(help="Your own music; without it, demo songs are composed.")] = None,
    once: Annotated[bool, typer.Option("--once", help="End after printing, instead of staying up.")] = False,
    port: Annotated[int | None, typer.Option(help="TCP port on 127.0.0.1; a free one where it is taken.")] = None,
) -> int:
    """Listen to music, print genre and the five nearest songs of a few songs, and stay up until Ctrl-C.

    Example: soundkin demo --music ~/Music
    """
    interruptible()
    if music is not None and not music.is_dir():
        raise UnsupportedSource(str(music))
    here = _place_with_port(home, port)
    with Service(here) as service:
        try:
            service.wait_until_ready()
            tally = ingest_paths(here, service.store, [str(music or demo_songs(here))], service.tend)
            remark(f"{tally.committed} songs committed, {tally.unchanged} unchanged, {tally.failed} failed")
            shown = _show_some(service)
            service.introduce()
            while not once:
                service.tend()
                time.sleep(0.5)
        except KeyboardInterrupt:
            remark("\nstopping")
            return 0
    return 0 if shown else 1


def _place_with_port(home: Path | None, port: int | None) -> Place:
    here = place(home, port=port)
    try:
        check = free_port(here.settings.port)
    except PortTaken:
        check = free_port(0)
        remark(f"port {here.settings.port} is taken; using {check}")
    return place(home, port=check)


def _show_some(service: Service) -> int:
    """Print a few songs with their neighbours, as the API answers them; return how many."""
    page = service.get("/v1/songs?limit=100")
    songs: list[dict[str, Any]] = page["songs"]
    step = max(1, len(songs) // SHOWN)
    for song in songs[::step][:SHOWN]:
        genre = service.get(f"/v1/songs/{quote(song['id'])}/labels")["genre"]
        answer = service.get(f"/v1/songs/{quote(song['id'])}/similar?limit=5")
        doubt = ", uncertain" if genre["uncertain"] else ""
        remark(f"\n{song['artist']} - {song['title']}   [{genre['value']} {genre['confidence']:.0%}{doubt}]")
        rows = [
            (str(hit["rank"]), f"{hit['score']:.3f}", hit["song"]["artist"], hit["song"]["title"])
            for hit in answer["similar"]
        ]
        print_table(("#", "score", "artist", "title"), rows)
    return len(songs)
