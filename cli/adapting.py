"""Hearing a folder of tagged files, and fitting a bundle to it where that helps."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import typer

from cli.catalogue import bundle_folder
from cli.listening import Heard, files, listen
from cli.place import Place
from embedder import bundle
from embedder.split import album_key, artist_key
from embedder.training import adapt
from songs.vectors import DIMENSIONS
from songs.vocabulary import genres
from worker.listener import Listener


def adapted(here: Place, music: Path, out: Path, seed: int) -> tuple[adapt.Verdict, str | None]:
    """Return whether adapting helps, and the version of the bundle written to ``out``, ``None`` where it does not.

    Raises
    ------
    typer.BadParameter
        If the folder holds no audio, or ``out`` is the bundle that is adapted.
    """
    source = bundle_folder(here)
    if out.resolve() == source.resolve():
        raise typer.BadParameter("the bundle in use is adapted: its own folder cannot take the new one")
    wanted = files([str(music)]) if music.exists() else []
    if not wanted:
        raise typer.BadParameter(f"{music} holds no audio files", param_hint="--adapt")
    catalogue = _tagged(listen(here, wanted, Listener.embed))
    verdict = adapt.judge(catalogue, seed)
    if not verdict.better:
        return verdict, None
    change = adapt.best(catalogue, np.random.default_rng(seed))
    return verdict, adapt.apply(bundle.load(source), change, catalogue, out).model


def _tagged(heard: Iterable[Heard]) -> adapt.Tagged:
    """Keep what adapting needs of each song: its slices' vectors would fill the memory."""
    kept = [
        (one.listened.tags, one.listened.heard.embedding.slice_vectors.mean(axis=0)) for one in heard if one.listened
    ]
    return adapt.Tagged(
        np.array([vector for _, vector in kept], dtype=np.float64).reshape(-1, DIMENSIONS),
        {
            "artist": [_one(artist_key(tags.artist)) for tags, _ in kept],
            "album": [_one(album_key(tags.artist, tags.album)) for tags, _ in kept],
            "genre": [genres(tags.genre) or _one(" ".join((tags.genre or "").casefold().split())) for tags, _ in kept],
        },
    )


def _one(name: str | None) -> frozenset[str]:
    return frozenset({name}) if name else frozenset()
