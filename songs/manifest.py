"""Manifests: a CSV or JSON-lines table that says which files are which songs."""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from songs.errors import InvalidManifest
from songs.song import Tags

EMOTIONS = (
    "amazement", "solemnity", "tenderness", "nostalgia", "calmness", "power", "joyful_activation", "tension", "sadness",
)  # fmt: skip
_TAGS = ("title", "artist", "album", "genre", "isrc", "sku", "collection")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a manifest."""

    path: Path  # absolute, or relative to where the manifest lies
    tags: Tags
    columns: Mapping[str, str] = field(default_factory=dict)  # the whole line, as written

    @property
    def url(self) -> str | None:
        """The address that the line names in place of a path."""
        written = self.columns.get("path", "")
        return written if written.lower().startswith(("http://", "https://")) else None


def read(manifest: Path) -> list[Row]:
    """Read a manifest: UTF-8 CSV with a header, or one JSON object a line (``.jsonl``).

    ``genres`` is read as ``genre`` where there is no ``genre``. Unknown columns become metadata.

    Raises
    ------
    InvalidManifest
        Not UTF-8 text, no rows, no column ``path``, a row without a path, or a number that is none; names the line.
    """
    try:
        text = manifest.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidManifest(str(manifest), error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise InvalidManifest(str(manifest), f"is not UTF-8 text (byte {error.start})") from error
    lines = _json_lines(manifest, text) if manifest.suffix == ".jsonl" else _csv_lines(manifest, text)
    rows = [_row(manifest, number, line) for number, line in lines]
    if not rows:
        raise InvalidManifest(str(manifest), "has no rows")
    return rows


def _csv_lines(manifest: Path, text: str) -> Iterable[tuple[int, Mapping[str, str]]]:
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [name.strip() for name in table.fieldnames or ()]
        if "path" not in names:
            hint = " (columns are separated by commas)" if any(mark in "".join(names) for mark in ";\t|") else ""
            why = f"the column 'path' is missing; its first line must name the columns{hint}"
            raise InvalidManifest(str(manifest), why)
        for line in table:
            if not any(value and value != [] for value in line.values()):
                continue  # nothing but commas
            yield table.line_num, {str(k): v for k, v in line.items() if k is not None and isinstance(v, str)}
    except csv.Error as error:
        raise InvalidManifest(str(manifest), f"line {table.line_num}: {error}") from error


def _json_lines(manifest: Path, text: str) -> Iterable[tuple[int, Mapping[str, str]]]:
    for number, line in enumerate(text.split("\n"), start=1):  # splitlines would also cut at U+2028 within a title
        if not line.strip():
            continue
        try:
            data: Any = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InvalidManifest(str(manifest), f"line {number} is not JSON: {error}") from error
        if not isinstance(data, dict):
            raise InvalidManifest(str(manifest), f"line {number} is not a JSON object")
        yield number, {str(k): _written(v) for k, v in data.items() if v is not None}


def _written(value: Any) -> str:
    """Return a JSON value as a CSV would have it: several names are separated by ``; ``."""
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _row(manifest: Path, number: int, line: Mapping[str, str]) -> Row:
    columns = {name.strip(): value.strip() for name, value in line.items() if value.strip()}
    if "path" not in columns:
        raise InvalidManifest(str(manifest), f"line {number} has no path")
    known = {"path", "year", "track", "plays", *_TAGS}
    tags = Tags(
        **{name: columns.get(name) for name in _TAGS if name != "genre"},
        genre=columns.get("genre") or columns.get("genres"),
        year=_integer(manifest, number, columns, "year"),
        track=_integer(manifest, number, columns, "track"),
        plays=_count(manifest, number, columns, "plays"),
        metadata={name: value for name, value in columns.items() if name not in known},
    )
    return Row(manifest.parent / columns["path"], tags, columns)


def _number(manifest: Path, number: int, columns: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(columns[name]) if name in columns else None
    except ValueError as error:
        raise InvalidManifest(str(manifest), f"line {number}: {name} {columns[name]!r} is not a number") from error
    if value is not None and not math.isfinite(value):
        raise InvalidManifest(str(manifest), f"line {number}: {name} {columns[name]!r} is not a finite number")
    return value


def _count(manifest: Path, number: int, columns: Mapping[str, str], name: str) -> float | None:
    value = _number(manifest, number, columns, name)
    if value is not None and value < 0:
        raise InvalidManifest(str(manifest), f"line {number}: {name} {columns[name]!r} is below 0")
    return value


def _integer(manifest: Path, number: int, columns: Mapping[str, str], name: str) -> int | None:
    value = _number(manifest, number, columns, name)
    if value is None:
        return None
    if abs(value) > 1_000_000 or not value.is_integer():
        raise InvalidManifest(str(manifest), f"line {number}: {name} {columns[name]!r} is not a whole number")
    return int(value)
