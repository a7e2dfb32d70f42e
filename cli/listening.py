"""Listening to files that are not stored, for ``label``, ``embed``, ``similar`` and ``evaluate``."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.console import progress_bar, remark
from cli.place import Place
from songs.errors import AudioError
from worker.listener import Listened, Listener, open_listener
from worker.sources import Walk, facts


@dataclass(frozen=True, slots=True)
class Heard:
    """One file and what came of it: exactly one of ``listened`` and ``error``."""

    path: str  # as the person wrote it
    listened: Listened | None
    error: AudioError | None


def files(paths: Sequence[str]) -> list[str]:
    """Return the paths, with each folder replaced by the audio files below it."""
    found: list[str] = []
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - says no to a name that is too long, where Path raises
            found += list(Walk(Path(path), []))
        else:
            found.append(path)
    return found


def listen(
    place: Place, paths: Sequence[str], hear: Callable[[Listener, str], Listened] = Listener.__call__
) -> Iterator[Heard]:
    """Listen to files one after the other, with a progress bar; a bad one is named on stderr and the rest goes on.

    ``hear`` is a way of listening: ``Listener.embed`` where nothing but vectors is wanted.
    """
    listener = open_listener(place.settings.bundle, place.settings.max_seconds)
    with listener.decoder, progress_bar() as bar:
        for path in bar.track(paths, description="listening"):
            heard = _one(listener, path, hear)
            if heard.error is not None:
                remark(f"  failed: {heard.path}: {heard.error} ({heard.error.code})")
            yield heard


def good(heard: Iterable[Heard]) -> list[tuple[str, Listened]]:
    """Keep what could be heard."""
    return [(one.path, one.listened) for one in heard if one.listened is not None]


def _one(listener: Listener, path: str, hear: Callable[[Listener, str], Listened]) -> Heard:
    try:
        facts(path)  # names what is missing, empty or forbidden before the child is asked
        return Heard(path, hear(listener, path), None)
    except AudioError as error:
        return Heard(path, None, error)
