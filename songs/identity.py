"""Names of songs, artists, albums and jobs: 22 characters of base62, 128 random bits.

Letters and digits only, because Spotify clients reject ids with dashes before they send them.
"""

import re
import secrets
from typing import NewType

SongId = NewType("SongId", str)
ArtistId = NewType("ArtistId", str)
AlbumId = NewType("AlbumId", str)
JobId = NewType("JobId", str)

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LENGTH = 22  # 62**22 > 2**128
_WELL_FORMED = re.compile(rf"[0-9A-Za-z]{{{LENGTH}}}\Z")


def base62(number: int) -> str:
    """Return ``number`` (0 <= number < 62**22) as 22 zero-padded base62 digits."""
    digits = []
    for _ in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[rest])
    return "".join(reversed(digits))


def fresh() -> str:
    """Return a new random id."""
    return base62(secrets.randbits(128))


def well_formed(text: str) -> bool:
    """Tell whether ``text`` has the shape of an id (it may still name nothing)."""
    return _WELL_FORMED.match(text) is not None
