"""Genre names: one vocabulary, and the mapping from what corpora and files write, written down once."""

import re

GENRES = (
    "blues", "classical", "country", "disco", "electronic", "folk", "jazz", "latin", "metal",
    "new age", "pop", "r&b", "rap", "reggae", "rock", "vocal", "world",
)  # fmt: skip

# What others write -> ours, compared case-folded.
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

# What names several of ours and leaves open which: "Pop/Rock" of AllMusic is everything from a ballad to death metal.
OPEN = frozenset({"pop/rock"})

_SEPARATORS = re.compile(r"\s*[;|,]\s*")


def genres(written: str | None) -> frozenset[str]:
    """Return the genres of the vocabulary that a written tag names; empty where it names none of them.

    Several names may be separated by ``;``, ``,`` or ``|``. Whether two songs are of a kind is asked of this: both
    genres of ``Pop/Rock`` are named.
    """
    return frozenset().union(*(_named(part) for part in _parts(written)))


def left_open(written: str | None) -> frozenset[str]:
    """Return the genres of which a written tag does not say whether they are the song's.

    Of ``Pop/Rock; Rock`` that is pop: rock is named by itself. Neither right nor wrong can be learnt from them.
    """
    parts = _parts(written)
    sure = frozenset().union(*(_named(part) for part in parts if part not in OPEN))
    return frozenset().union(*(_named(part) for part in parts if part in OPEN)) - sure


def _parts(written: str | None) -> list[str]:
    return _SEPARATORS.split((written or "").strip().casefold())


def _named(part: str) -> frozenset[str]:
    return frozenset(ALIASES.get(part, (part,) if part in GENRES else ()))
