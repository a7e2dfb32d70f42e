"""A style and a seed become a score, and a score becomes sound; the same ones every time."""

import zlib
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, next_fast_len, rfft

from synthesis.drums import Drum
from synthesis.harmony import OCTAVE, chord, hertz, near, steps_around, voiced
from synthesis.instruments import Voice
from synthesis.signals import Samples
from synthesis.style import STEPS_A_BEAT, Beat, Part, Style

Stereo = npt.NDArray[np.float32]  # shape (n_samples, 2), in [-1, 1]

RECIPE = 1  # grows when the same style and seed would sound different
RATE = 44_100  # Hz
SECONDS = 24.0  # about; a song ends with a whole bar
PEAK = 10 ** (-1 / 20)  # -1 dBFS
_RING_SECONDS = 2.5  # after the last bar, for what still sounds
_CHORD_TONE = {"1": 0, "3": 1, "5": 2, "7": 3}
_PHRASE_BARS = 2  # a melody moves the same way every two bars, so that one hears it again
_REACH = 9  # semitones a melody may leave its centre


@dataclass(frozen=True, slots=True)
class Note:
    """One pitched note."""

    start: float  # seconds
    seconds: float
    midi: int
    voice: Voice
    level: float
    pan: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """One stroke of a drum."""

    start: float  # seconds
    drum: Drum
    level: float
    pan: float


@dataclass(frozen=True, slots=True)
class Score:
    """All that is to be played."""

    style: Style
    tempo: int  # beats a minute
    tonic: int  # MIDI note of the scale's first degree
    scale: str
    chords: tuple[tuple[int, ...], ...]  # MIDI notes, one chord a bar
    notes: tuple[Note, ...]
    strokes: tuple[Stroke, ...]

    @property
    def bar_seconds(self) -> float:
        """Length of a bar."""
        return self.style.beats_a_bar * 60 / self.tempo

    @property
    def seconds(self) -> float:
        """Length of the whole, with what rings on after the last bar."""
        return len(self.chords) * self.bar_seconds + _RING_SECONDS


def render(style: Style, seed: int, rate: int = RATE) -> Stereo:
    """Return a song.

    Parameters
    ----------
    style : Style
        What is played.
    seed : int, 0 or more
        Chooses tempo, key, chords, players and melody within the style.
    rate : int
        Samples a second.

    Returns
    -------
    y : np.ndarray, shape=(n_samples, 2), float32 in [-1, 1]
        20 to 32 s; its peak is -1 dBFS, it ends in silence.
    """
    return perform(compose(style, seed), rate)


def compose(style: Style, seed: int) -> Score:
    """Write the score that ``render`` performs."""
    rng = np.random.default_rng([seed, zlib.crc32(style.name.encode())])
    tempo = int(rng.integers(style.tempo[0], style.tempo[1] + 1))
    scale = style.scales[rng.integers(len(style.scales))]
    tonic = 48 + int(rng.integers(OCTAVE))
    progression = style.progressions[rng.integers(len(style.progressions))]
    bar_seconds = style.beats_a_bar * 60 / tempo
    bars = round(SECONDS / bar_seconds)
    degrees = [*(progression[bar % len(progression)] for bar in range(bars - 1)), 1]
    chords = tuple(chord(tonic, scale, degree, style.chord_size) for degree in degrees)
    starts = _starts(style, tempo)
    notes = [note for part in style.parts for note in _notes(part, chords, starts, (tonic, scale), rng)]
    strokes = [stroke for beat in style.beats for stroke in _strokes(beat, bars, starts, rng)]
    return Score(style, tempo, tonic, scale, chords, tuple(notes), tuple(strokes))


def perform(score: Score, rate: int = RATE) -> Stereo:
    """Play a score: every note in its place, a hall around it, and the peak at -1 dBFS."""
    y = np.zeros((round(score.seconds * rate), 2), dtype=np.float32)
    played: dict[tuple[Voice, int, float], Samples] = {}  # most notes of a song come back
    for note in score.notes:
        key = (note.voice, note.midi, round(note.seconds, 4))
        if key not in played:
            played[key] = note.voice(hertz(note.midi), note.seconds, rate)
        _mix(y[round(note.start * rate) :], played[key], note.level, note.pan)
    for stroke in score.strokes:
        _mix(y[round(stroke.start * rate) :], stroke.drum(rate), stroke.level, stroke.pan)
    if score.style.hall:
        y += score.style.hall * _hall(y, score.style.hall_seconds, rate)
    y[-rate:] *= np.linspace(1, 0, rate, dtype=np.float32)[:, None] ** 2
    return y * np.float32(PEAK / np.max(np.abs(y)))


def _starts(style: Style, tempo: int) -> npt.NDArray[np.float64]:
    """Return when the sixteenths of a bar begin, and the bar's end, in seconds."""
    beat, place = np.divmod(np.arange(style.beats_a_bar * STEPS_A_BEAT + 1), STEPS_A_BEAT)
    within = np.interp(place / STEPS_A_BEAT, [0, 0.5, 1], [0, style.swing, 1])
    return np.asarray((beat + within) * 60 / tempo)


def _notes(
    part: Part,
    chords: tuple[tuple[int, ...], ...],
    starts: npt.NDArray[np.float64],
    key: tuple[int, str],
    rng: np.random.Generator,
) -> list[Note]:
    voice = part.voices[rng.integers(len(part.voices))]
    marks = part.bars[rng.integers(len(part.bars))].replace(" ", "")
    walk = _Walk(part, key, rng)
    notes = []
    for bar, tones in enumerate(chords[part.enters :], start=part.enters):
        for step, mark in enumerate(marks):
            if mark in ".-":
                continue
            held = 1 + len(list(takewhile("-".__eq__, marks[step + 1 :])))
            start, seconds = bar * starts[-1] + starts[step], starts[step + held] - starts[step]
            pitches = [walk.to(bar, step, tones)] if mark == "*" else _pitches(mark, tones, part)
            level = part.level * rng.uniform(0.85, 1.0)
            notes += [Note(float(start), float(seconds), pitch, voice, level, part.pan) for pitch in pitches]
    return notes


def _pitches(mark: str, tones: tuple[int, ...], part: Part) -> tuple[int, ...]:
    """Return the notes of a sign other than a melody's."""
    if mark == "x":
        return voiced([tones[i] for i in part.tones if i < len(tones)], part.centre)
    root = near(tones[0], part.centre)
    if mark == "8":
        return (root + OCTAVE,)
    return (root + tones[_CHORD_TONE[mark] % len(tones)] - tones[0],)


class _Walk:
    """A melody: steps along the scale, which lands on a tone of the chord at every beat."""

    def __init__(self, part: Part, key: tuple[int, str], rng: np.random.Generator) -> None:
        self._scale = steps_around(*key, part.centre, _REACH)
        self._moves = rng.integers(-2, 3, size=(_PHRASE_BARS, 4 * STEPS_A_BEAT))
        self._place = len(self._scale) // 2

    def to(self, bar: int, step: int, tones: tuple[int, ...]) -> int:
        """Move on, and return the MIDI note."""
        place = self._place + int(self._moves[bar % _PHRASE_BARS, step])
        place = -place if place < 0 else place
        last = len(self._scale) - 1
        place = 2 * last - place if place > last else place
        if step % STEPS_A_BEAT == 0:
            names = {tone % OCTAVE for tone in tones}
            fitting = [i for i, note in enumerate(self._scale) if note % OCTAVE in names]
            place = min(fitting, key=lambda i: abs(i - place))
        self._place = place
        return self._scale[place]


def _strokes(beat: Beat, bars: int, starts: npt.NDArray[np.float64], rng: np.random.Generator) -> list[Stroke]:
    marks = beat.bars[rng.integers(len(beat.bars))].replace(" ", "")
    return [
        Stroke(
            start=float(bar * starts[-1] + starts[step]),
            drum=beat.drum,
            level=beat.level * (1.0 if mark == "x" else 0.55) * rng.uniform(0.9, 1.0),
            pan=beat.pan,
        )
        for bar in range(beat.enters, bars - 1)  # the last bar is the others' last chord
        for step, mark in enumerate(marks)
        if mark != "."
    ]


def _mix(y: Stereo, sound: Samples, level: float, pan: float) -> None:
    """Add a sound at the beginning of ``y``, at constant power across the stage."""
    angle = (pan + 1) * np.pi / 4
    room = y[: len(sound)]
    room[:, 0] += np.float32(level * np.cos(angle)) * sound[: len(room)]
    room[:, 1] += np.float32(level * np.sin(angle)) * sound[: len(room)]


def _hall(y: Stereo, seconds: float, rate: int) -> Stereo:
    """Return what a hall answers: noise that dies by 60 dB in ``seconds``, another one for each ear."""
    n = round(seconds * rate)
    tail = np.random.default_rng(0).standard_normal((n, 2)) * np.exp(-6.9 * np.arange(n) / n)[:, None]
    tail /= np.linalg.norm(tail, axis=0)
    size = next_fast_len(len(y) + n, real=True)  # long enough that the echo does not come round to the beginning
    heard = [irfft(rfft(y[:, ear], size) * rfft(tail[:, ear].astype(np.float32), size), size) for ear in (0, 1)]
    return np.asarray(np.stack(heard, axis=1)[: len(y)], dtype=np.float32)
