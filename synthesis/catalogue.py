"""The demo catalogue: 40 songs as tagged FLAC files and a manifest, written once and kept."""

import csv
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import mutagen
import numpy as np
import soundfile
from mutagen.flac import FLAC

from synthesis.records import RECORDS, Record
from synthesis.song import RATE, RECIPE, Score, compose, perform

Progress = Callable[[int, int], None]  # songs that are there, songs in all
MANIFEST = "manifest.csv"
_COLUMNS = ("path", "artist", "title", "album", "track", "year", "genre", "sku", "style", "bpm")
_RECIPE_TAG = "soundkin_recipe"


@dataclass(frozen=True, slots=True)
class DemoSong:
    """One title of a record."""

    record: Record
    track: int  # on its album, from 1
    score: Score

    @property
    def title(self) -> str:
        """What stands on the sleeve."""
        return self.record.titles[self.track - 1]

    @property
    def sku(self) -> str:
        """The shop's own key."""
        return f"demo-{self.record.style.name}-{self.record.seed + self.track}"

    @property
    def file_name(self) -> str:
        """Name of its file, artist first."""
        return f"{self.record.artist} - {self.title}.flac"


def write_catalogue(folder: Path, progress: Progress | None = None) -> list[Path]:
    """Write the demo songs and ``manifest.csv`` into a folder; a song that is there already is kept.

    A file is written beside its place and renamed, so that no half file is ever found; one that another recipe made,
    or that cannot be read, is made again. Other files of the folder are left alone.

    Parameters
    ----------
    folder : Path
        Made where it is absent.
    progress : callable, optional
        Told after every song how many are there, and how many there will be.

    Returns
    -------
    paths : list of Path
        The songs, in the order of the manifest.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    songs = list(demo_songs())
    paths = [folder / song.file_name for song in songs]
    for number, (song, path) in enumerate(zip(songs, paths, strict=True), start=1):
        if not _made_by_this_recipe(path):
            _publish(path, partial(_write_song, song))
        if progress is not None:
            progress(number, len(songs))
    _publish(folder / MANIFEST, partial(_write_manifest, songs))
    return paths


def demo_songs() -> Iterator[DemoSong]:
    """Yield the 40 songs with their scores, none of them rendered."""
    for record in RECORDS:
        for track in range(1, len(record.titles) + 1):
            yield DemoSong(record, track, compose(record.style, record.seed + track - 1))


def _made_by_this_recipe(path: Path) -> bool:
    try:
        recipes: list[str] | None = FLAC(path).get(_RECIPE_TAG)  # type: ignore[no-untyped-call]
    except mutagen.MutagenError:  # absent, or no FLAC file
        return False
    return recipes == [str(RECIPE)]


def _publish(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside, fsync, rename."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_song(song: DemoSong, part: Path) -> None:
    samples = np.round(perform(song.score) * 32767).astype(np.int16)
    soundfile.write(part, samples, RATE, format="FLAC", subtype="PCM_16")
    file = FLAC(part)  # type: ignore[no-untyped-call]
    tags = {
        "title": song.title,
        "artist": song.record.artist,
        "album": song.record.album,
        "tracknumber": str(song.track),
        "date": str(song.record.year),
        "genre": song.record.style.genre,
        "bpm": str(song.score.tempo),
        "comment": "Made by formula for the Soundkin demo",
        _RECIPE_TAG: str(RECIPE),
    }
    for name, value in tags.items():
        file[name] = value
    file.save()


def _write_manifest(songs: list[DemoSong], part: Path) -> None:
    with part.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_COLUMNS)
        table.writerows(_row(song) for song in songs)


def _row(song: DemoSong) -> tuple[str | int, ...]:
    record, style = song.record, song.record.style
    named = (song.file_name, record.artist, song.title, record.album, song.track, record.year)
    return (*named, style.genre, song.sku, style.name, song.score.tempo)
