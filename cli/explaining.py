"""Why files that are not stored have a label: told in seconds and Hz, and drawn."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from cli.console import remark, stages
from cli.place import Place
from songs.errors import AudioError
from songs.explanation import Explainable, Explanation
from worker.explaining import open_explaining

_SHOWN = 5  # regions and stretches of seconds that are printed; JSON has all


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be explained."""

    label: Explainable
    name: str | None  # a genre or mood; None: the likeliest

    @classmethod
    def parse(cls, text: str) -> "Wish":
        """Read ``popularity``, ``genre``, ``mood``, or one of the last two with a name: ``genre:jazz``.

        Raises
        ------
        typer.BadParameter
            For anything else.
        """
        label, colon, name = text.partition(":")
        known = [str(one) for one in Explainable]
        if label not in known or (colon and (not name or label == Explainable.POPULARITY)):
            raise typer.BadParameter(
                f"{text!r} cannot be explained; what can: {', '.join(known)}, and one genre or mood as genre:jazz",
                param_hint="--explain",
            )
        return cls(Explainable(label), name or None)


@dataclass(frozen=True, slots=True)
class Told:
    """The explanation of one file, and where its picture lies."""

    explanation: Explanation
    picture: Path

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return self.explanation.as_json() | {"picture": str(self.picture)}

    def lines(self) -> Iterator[str]:
        """Yield what a person wants to read."""
        told = self.explanation
        if told.label != Explainable.POPULARITY:
            yield f"{told.label}: {told.target}"
        yield told.sentence
        strongest = sorted(told.seconds, key=lambda span: -span.effect)[:_SHOWN]
        if strongest:
            yield "strongest seconds: " + ", ".join(f"{span.start:.1f} to {span.end:.1f}" for span in strongest)
        for region in told.regions[:_SHOWN]:
            hz = f"{region.low_hz:.0f} to {region.high_hz:.0f} Hz"
            yield f"  {region.start:6.1f} to {region.end:6.1f} s, {hz:>18}: {region.effect:+.3g}"
        if len(told.regions) > _SHOWN:
            yield f"  and {len(told.regions) - _SHOWN} weaker regions"
        yield f"picture: {self.picture}"


def picture_folder(folder: Path | None) -> Path:
    """Return the folder for pictures, made if need be: the present one where none is named.

    Raises
    ------
    typer.BadParameter
        It cannot be written to; better known now than after an hour.
    """
    chosen = folder or Path()
    try:
        chosen.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise typer.BadParameter(f"{chosen}: {error.strerror or error}", param_hint="--picture") from error
    if not os.access(chosen, os.W_OK):
        raise typer.BadParameter(f"{chosen} cannot be written to", param_hint="--picture")
    return chosen


def explain(place: Place, paths: Sequence[str], wish: Wish, folder: Path) -> list[Told | AudioError]:
    """Explain a label of files, with progress; raises Unexplainable where the model cannot."""
    told: list[Told | AudioError] = []
    explaining = open_explaining(place.settings.bundle, place.settings.max_seconds)
    taken: set[Path] = set()
    with explaining.decoder:
        for path in paths:
            with stages() as show:
                try:
                    drawn = explaining(path, wish.label, wish.name, _named(Path(path).name, show))
                except AudioError as error:  # it was fine a moment ago
                    remark(f"  failed: {path}: {error} ({error.code})")
                    told.append(error)
                    continue
            picture = _free(folder, f"{Path(path).stem}.{wish.label}", taken)
            _write(picture, drawn.picture)
            told.append(Told(drawn.explanation, picture))
    return told


def _named(name: str, show: Callable[[str, float], None]) -> Callable[[str, float], None]:
    """Return what shows the stages of one file under its name."""
    return lambda stage, done: show(f"{name[-40:]}: {stage}", done)


def _free(folder: Path, stem: str, taken: set[Path]) -> Path:
    """Return a name that no other file of this call has: a picture of an earlier call is replaced."""
    names = (folder / f"{stem}{number}.png" for number in ("", *(f".{n}" for n in range(2, len(taken) + 3))))
    free = next(name for name in names if name not in taken)
    taken.add(free)
    return free


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name[-100:]}.{os.getpid()}.part")  # a file that is there is whole
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
