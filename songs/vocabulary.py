"""Genre names: one vocabulary, and the mapping from what corpora and files write, written down once."""

import re

GENRES = (
    "blues", "classical", "country", "disco", "electronic", "folk", "jazz", "latin", "metal",
    "new age", "pop", "r&b", "rap", "reggae", "rock", "vocal", "world",
)  # fmt: skip

# What others write -> ours, compared case-folded. "Pop/Rock" of AllMusic says pop or rock, so it says neither alone.
ALIASES: dict[str, tuple[str, ...]] = {
    "alternative rock": ("rock",),
    "alt. rock": ("rock",),
    "hard rock": ("rock",),
    "electro rock": ("electronic", "rock"),
    "ambient": ("electronic",),
    "dance": ("electronic",),
    "drum and bass": ("electronic",),
    "house": ("electronic",),
    "techno": ("electronic",),
    "trance": ("electronic",),
    "easy listening": ("vocal",),
    "heavy metal": ("metal",),
    "hip hop": ("rap",),
    "hip-hop": ("rap",),
    "hiphop": ("rap",),
    "international": ("world",),
    "newage": ("new age",),
    "pop/rock": ("pop", "rock"),
    "rhythm and blues": ("r&b",),
    "rnb": ("r&b",),
    "soul": ("r&b",),
}

_SEPARATORS = re.compile(r"\s*[;|,]\s*")


def genres(written: str | None) -> frozenset[str]:
    """Return the genres of the vocabulary that a written tag names; empty where it names none of them.

    Several names may be separated by ``;``, ``,`` or ``|``.
    """
    found: set[str] = set()
    for part in _SEPARATORS.split((written or "").strip().casefold()):
        found.update(ALIASES.get(part, (part,) if part in GENRES else ()))
    return frozenset(found)
