"""``soundkin similar``."""

import os
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from cli.catalogue import open_index, open_rows
from cli.console import print_json, print_table, remark
from cli.place import HomeOption, JsonOption, Place, place
from recommender.similar import Hit, Wish, similar, similar_to_vector
from songs.errors import AmbiguousSong, IndexMismatch, UnknownSong
from songs.identity import SongId
from songs.ports import Catalogue
from songs.song import Song
from songs.vectors import DIMENSIONS, Vector
from worker.listener import open_listener


def command(
    song: Annotated[str, typer.Argument(metavar="SONG", help='An id, "artist - title", or an audio file.')],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many songs.")] = 10,
    exclude_artist: Annotated[bool, typer.Option("--exclude-artist", help="Leave out the song's own artist.")] = False,
    max_per_artist: Annotated[int | None, typer.Option(min=1, help="At most so many songs of one artist.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> int:
    """Show the songs that sound most like a song of the catalogue, or like a file that is not in it.

    Example: soundkin similar "Artist - Title" --limit 5
    """
    here = place(home)
    store = open_rows(here)
    index = open_index(here, store)
    wish = Wish(limit=limit, exclude_artist=exclude_artist, max_per_artist=max_per_artist)
    song_id = find(store.songs, song)
    if song_id is not None:
        seed = store.songs.song(song_id)
        hits = similar(song_id, index, store.songs, wish)
        title = f"{seed.artist} - {seed.title}"
    elif os.path.isfile(song):  # noqa: PTH113 - says no to a name that is too long, where Path raises
        hits = similar_to_vector(_vector(here, song, store.models.active()), index, store.songs, wish)
        title = song
    else:
        raise UnknownSong(song)
    if json:
        print_json({"song": song_id, "title": title, "similar": [_as_json(hit) for hit in hits]})
        return 0
    remark(f"most like {title}:" if hits else f"nothing else in the catalogue to compare with {title}")
    print_table(
        ("#", "score", "artist", "title", "id"),
        [(str(h.rank), f"{h.score:.3f}", h.song.artist, h.song.title, h.song.id) for h in hits],
    )
    return 0


def find(catalogue: Catalogue, text: str) -> SongId | None:
    """Resolve an id, a reference, the path of a stored file, or "artist - title"; ``None`` where nothing fits.

    Raises
    ------
    AmbiguousSong
        Where "artist - title" fits several songs.
    """
    for reference in (text, f"path:{text}"):
        try:
            return catalogue.find(reference)
        except UnknownSong:
            continue
    named = list(_named(catalogue, text.replace(" - ", " ")))
    exact = [s for s in named if f"{s.artist} - {s.title}".casefold() == text.casefold()] or named
    if len(exact) > 1:
        raise AmbiguousSong(text, [f"{s.id} ({s.artist} - {s.title})" for s in exact])
    return exact[0].id if exact else None


def _named(catalogue: Catalogue, words: str) -> Iterator[Song]:
    cursor: str | None = None
    while True:
        page = catalogue.page(words, cursor, limit=1000)
        yield from page.songs
        cursor = page.next_cursor
        if cursor is None:
            return


def _vector(here: Place, path: str, active: str | None) -> Vector:
    listener = open_listener(here.settings.bundle, here.settings.max_seconds)
    if active not in {None, listener.model}:
        raise IndexMismatch(have=(str(active), DIMENSIONS), want=(listener.model, DIMENSIONS))
    with listener.decoder:
        return listener.embed(path).heard.embedding.vector


def _as_json(hit: Hit) -> dict[str, Any]:
    return {"rank": hit.rank, "score": hit.score, "id": hit.song.id, "artist": hit.song.artist,
            "title": hit.song.title, "album": hit.song.album, "source": hit.song.source}  # fmt: skip
