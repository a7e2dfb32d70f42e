"""Scales, chords and pitches. Notes are MIDI numbers: 69 is A4 at 440 Hz, 12 to the octave."""

from collections.abc import Sequence

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
}
OCTAVE = 12


def hertz(note: float) -> float:
    """Return the frequency of a MIDI note in equal temperament, Hz."""
    return float(440.0 * 2.0 ** ((note - 69) / OCTAVE))


def chord(tonic: int, scale: str, degree: int, size: int) -> tuple[int, ...]:
    """Stack thirds of a scale.

    Parameters
    ----------
    tonic : int
        MIDI note of the scale's first degree.
    scale : str
        A name in ``SCALES``.
    degree : int, 1 to 7
        Degree of the chord's root.
    size : int
        3 for a triad, 4 for a seventh chord.

    Returns
    -------
    notes : tuple of int
        Root first, ascending.
    """
    return tuple(_degree(tonic, scale, degree - 1 + 2 * i) for i in range(size))


def voiced(notes: Sequence[int], centre: int) -> tuple[int, ...]:
    """Move every note by octaves to within half an octave of ``centre``, ascending; so that hands hardly move."""
    return tuple(sorted(near(note, centre) for note in notes))


def near(note: int, centre: int) -> int:
    """Return the note of the same name in [centre - 6, centre + 5]."""
    return centre - 6 + (note - centre + 6) % OCTAVE


def steps_around(tonic: int, scale: str, centre: int, reach: int) -> tuple[int, ...]:
    """Return the notes of a scale within ``reach`` semitones of ``centre``, ascending."""
    names = {(tonic + interval) % OCTAVE for interval in SCALES[scale]}
    return tuple(note for note in range(centre - reach, centre + reach + 1) if note % OCTAVE in names)


def _degree(tonic: int, scale: str, index: int) -> int:
    octave, place = divmod(index, len(SCALES[scale]))
    return tonic + OCTAVE * octave + SCALES[scale][place]
