"""The language that styles are written in: text, one sign a sixteenth.

A bar of a part: ``x`` strikes the chord, ``1 3 5 7 8`` one of its tones (``8`` is the root's octave), ``*`` the next
note of a melody, ``-`` holds, ``.`` rests. A bar of a drum: ``x`` loud, ``o`` soft. Blanks only help the eye. Where
several bars stand in a tuple, a song chooses one of them.
"""

from dataclasses import dataclass

from synthesis.drums import Drum
from synthesis.instruments import Voice

STEPS_A_BEAT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One player of pitched notes."""

    voices: tuple[Voice, ...]
    bars: tuple[str, ...]
    centre: int  # MIDI note around which it plays
    level: float  # 1 is as loud as a kick drum
    tones: tuple[int, ...] = (0, 1, 2, 3)  # which of the chord's tones an ``x`` strikes, 0 is the root
    pan: float = 0.0  # -1 left, 1 right
    enters: int = 0  # bars before it begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One drum and what it plays."""

    drum: Drum
    bars: tuple[str, ...]
    level: float
    pan: float = 0.0
    enters: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A kind of music."""

    name: str
    genre: str  # in songs.vocabulary.GENRES
    tempo: tuple[int, int]  # slowest and fastest, beats a minute
    scales: tuple[str, ...]  # names in synthesis.harmony.SCALES
    progressions: tuple[tuple[int, ...], ...]  # degrees, one a bar
    parts: tuple[Part, ...]
    beats: tuple[Beat, ...] = ()
    beats_a_bar: int = 4
    chord_size: int = 3
    swing: float = 0.5  # where in its beat the second eighth falls: 1/2 straight, 2/3 triplets
    hall: float = 0.1  # share of reverberation, 0 to 1
    hall_seconds: float = 0.8  # until it has died by 60 dB
