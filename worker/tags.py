"""What a file says of itself: artist, title, album, genre, ISRC, track and year, read by mutagen."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mutagen

from songs.song import Tags

LONGEST = 500  # characters of one tag: what is longer was not meant to be read
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}\Z")

# mutagen's "easy" names cover MP3, MP4, Vorbis comments and APE; WAV and AIFF answer to the raw ID3 frames only
_NAMES = {
    "title": ("title", "TIT2"),
    "artist": ("artist", "TPE1"),
    "album": ("album", "TALB"),
    "genre": ("genre", "TCON"),
    "date": ("date", "originaldate", "year", "TDRC", "TDOR", "TYER"),
    "track": ("tracknumber", "track", "TRCK"),
    "isrc": ("isrc", "TSRC"),
}
_MP4_ISRC = "----:com.apple.iTunes:ISRC"


def read_tags(path: Path) -> Tags:
    """Return the tags of a file; empty ones where it has none or they are broken (its sound may still be fine)."""
    try:
        file = mutagen.File(path, easy=True)
    except (mutagen.MutagenError, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError):
        return Tags()  # mutagen's parsers raise all of these on malformed files
    if file is None or not file.tags:
        return Tags()
    found = {name: _values(file.tags, keys) for name, keys in _NAMES.items()}
    return Tags(
        title=_first(found["title"]),
        artist=_first(found["artist"]),
        album=_first(found["album"]),
        genre="; ".join(found["genre"])[:LONGEST] or None,
        year=_year(_first(found["date"])),
        track=_track(_first(found["track"])),
        isrc=_isrc(_first(found["isrc"]) or _mp4_isrc(path)),
    )


def _values(tags: Mapping[str, Any], names: tuple[str, ...]) -> list[str]:
    for name in names:
        try:
            value = tags[name]
        except (KeyError, ValueError):
            continue
        parts = value if isinstance(value, list) else getattr(value, "text", [value])
        texts = [text for text in (_clean(str(part)) for part in parts) if text]
        if texts:
            return texts
    return []


def _clean(text: str) -> str:
    # a NUL cannot be kept by PostgreSQL, a lone surrogate by nobody
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8").strip()[:LONGEST]


def _first(values: list[str]) -> str | None:
    return values[0] if values else None


def _year(text: str | None) -> int | None:
    match = _YEAR.search(text or "")
    return int(match[1]) if match else None


def _track(text: str | None) -> int | None:
    number = (text or "").split("/")[0].strip()
    return int(number) if number.isascii() and number.isdigit() and len(number) < 6 else None


def _isrc(text: str | None) -> str | None:
    bare = re.sub(r"[\s-]", "", text or "").upper()
    return bare if _ISRC.match(bare) else None


def _mp4_isrc(path: Path) -> str | None:
    if path.suffix.lower() not in {".m4a", ".mp4", ".m4b"}:
        return None
    tags = mutagen.File(path).tags  # the easy view hides free-form atoms
    values = tags.get(_MP4_ISRC) if tags else None
    return bytes(values[0]).decode("ascii", "replace") if values else None
