"""Songs are deterministic, well-behaved sound, and play what their score says."""

import hashlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songs.vocabulary import GENRES
from synthesis import drums
from synthesis.harmony import SCALES, hertz
from synthesis.signals import RATE
from synthesis.song import PEAK, Score, compose, perform, render
from synthesis.style import STEPS_A_BEAT
from synthesis.styles import STYLES, TECHNO, WALTZ

BY_NAME = pytest.mark.parametrize("style", STYLES, ids=lambda s: s.name)


def only(score: Score, *, notes=(), strokes=()) -> Score:
    """Return the score of fewer players, in a dry room."""
    bare = {name: getattr(score, name) for name in ("tempo", "tonic", "scale", "chords")}
    return Score(style=DRY[score.style.name], notes=tuple(notes), strokes=tuple(strokes), **bare)


def dry(style):
    """Return a style without its hall."""
    fields = {name: getattr(style, name) for name in style.__dataclass_fields__}
    return type(style)(**fields | {"hall": 0.0})


DRY = {style.name: dry(style) for style in STYLES}


@BY_NAME
def test_one_seed_gives_one_song_and_another_gives_another(style):
    first, again, other = render(style, 7, RATE), render(style, 7, RATE), render(style, 8, RATE)
    assert hashlib.sha256(first.tobytes()).digest() == hashlib.sha256(again.tobytes()).digest()
    n = min(len(first), len(other))
    assert abs(np.corrcoef(first[:n, 0], other[:n, 0])[0, 1]) < 0.5


@BY_NAME
@pytest.mark.parametrize("seed", [0, 3])
def test_a_song_is_well_behaved_sound(style, seed):
    y = render(style, seed, RATE)
    assert y.dtype == np.float32
    assert y.shape[1] == 2
    assert 20 <= len(y) / RATE <= 32
    assert np.isfinite(y).all()
    assert np.abs(y).max() == pytest.approx(PEAK, abs=1e-5)
    loudness = 20 * np.log10(np.sqrt(np.square(y[: -3 * RATE]).mean()))
    assert -22 < loudness < -9  # dBFS, RMS
    assert np.abs(y.mean()) < 0.01
    assert np.abs(y[-10:]).max() < 1e-4
    assert np.abs(y[:3]).max() < 0.1
    one_second = np.square(y).sum(axis=1)[: len(y) // RATE * RATE].reshape(-1, RATE).mean(axis=1)
    assert one_second[:-3].min() > 1e-4  # no hole of a second


@BY_NAME
def test_a_style_is_well_formed(style):
    assert style.genre in GENRES
    steps = style.beats_a_bar * STEPS_A_BEAT
    assert {len(bar.replace(" ", "")) for player in (*style.parts, *style.beats) for bar in player.bars} == {steps}
    assert set("".join(bar for part in style.parts for bar in part.bars)) <= set("x13578*-. ")
    assert set("".join(bar for beat in style.beats for bar in beat.bars)) <= set("xo. ")
    assert all(bar[0] != "-" for part in style.parts for bar in part.bars)
    assert all(1 <= degree <= 7 for progression in style.progressions for degree in progression)
    assert set(style.scales) <= set(SCALES)
    assert style.tempo[0] < style.tempo[1]


@given(style=st.sampled_from(STYLES), seed=st.integers(0, 2**32))
def test_a_score_keeps_to_its_style_its_scale_and_its_bars(style, seed):
    score = compose(style, seed)
    assert style.tempo[0] <= score.tempo <= style.tempo[1]
    assert {(note.midi - score.tonic) % 12 for note in score.notes} <= set(SCALES[score.scale])
    end = len(score.chords) * score.bar_seconds
    assert all(0 <= note.start < end and 0 < note.seconds <= score.bar_seconds + 1e-9 for note in score.notes)
    assert all(0 <= stroke.start < end for stroke in score.strokes)
    assert all(30 <= hertz(note.midi) <= 2500 for note in score.notes)
    tonic_chord = {note % 12 for note in score.chords[-1]}
    assert score.tonic % 12 in tonic_chord  # it comes home


@given(style=st.sampled_from(STYLES), seed=st.integers(0, 2**32))
def test_what_is_struck_belongs_to_the_chord_of_its_bar(style, seed):
    score = compose(style, seed)
    melodic = {part.pan for part in style.parts if any("*" in bar for bar in part.bars)}
    for note in score.notes:
        if note.pan not in melodic:
            chord = score.chords[int((note.start + 1e-9) // score.bar_seconds)]
            assert note.midi % 12 in {tone % 12 for tone in chord}


@pytest.mark.parametrize("style", [TECHNO, WALTZ], ids=lambda s: s.name)
@pytest.mark.parametrize("seed", range(3))
def test_the_sound_of_a_bar_holds_its_chords_pitches(style, seed):
    score = compose(style, seed)
    bar = [note for note in score.notes if note.start < score.bar_seconds - 1e-6]
    y = perform(only(score, notes=bar), RATE)[: round(score.bar_seconds * RATE), 0]
    strength, at = np.abs(np.fft.rfft(y * np.hanning(len(y)), 8 * len(y))), np.fft.rfftfreq(8 * len(y), 1 / RATE)
    for midi in {note.midi for note in bar}:
        hz = hertz(midi)
        heard = strength[np.abs(at - hz) < 0.02 * hz].max()
        between = strength[np.abs(at - hz * 2 ** (0.5 / 12)) < 0.002 * hz].max()  # a quarter tone off: nobody's pitch
        assert heard > 0.02 * strength.max(), midi
        assert heard > between, midi


@pytest.mark.parametrize("seed", range(4))
def test_four_on_the_floor_beats_at_the_tempo_of_the_score(seed):
    score = compose(TECHNO, seed)
    kicks = [stroke for stroke in score.strokes if stroke.drum is drums.kick]
    y = perform(only(score, strokes=kicks), RATE)[:, 0]
    frame = 220  # 10 ms
    energy = np.square(y[: len(y) // frame * frame]).reshape(-1, frame).sum(axis=1)
    onset = np.maximum(0, np.diff(np.log(energy + 1e-3)))
    likeness = np.correlate(onset, onset, mode="full")[len(onset) - 1 :]
    seconds_a_beat = (32 + likeness[32:64].argmax()) * frame / RATE  # one octave of tempi: 94 to 188 bpm
    assert 60 / seconds_a_beat == pytest.approx(score.tempo, rel=0.03)


@pytest.mark.parametrize(("name", "share"), [("swing", 0.66), ("techno", 0.5), ("reggae", 0.58)])
def test_the_second_eighth_falls_where_the_style_swings_it(name, share):
    style = next(style for style in STYLES if style.name == name)
    score = compose(style, 0)
    beat = 60 / score.tempo
    places = {round(stroke.start % beat / beat, 3) % 1 for stroke in score.strokes}
    assert share in places


def test_styles_sound_different():
    spectra = {}
    for style in STYLES:
        y = render(style, 1, RATE).mean(axis=1)
        power = np.abs(np.fft.rfft(y)) ** 2
        edges = np.geomspace(40, 10_000, 25) * len(y) / RATE
        bands = np.array([power[int(a) : int(b)].sum() for a, b in pairwise(edges)])
        spectra[style.name] = 10 * np.log10(bands / bands.sum() + 1e-9)
    names = list(spectra)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            assert np.abs(spectra[one] - spectra[other]).mean() > 2.0, (one, other)  # dB a band


def test_a_score_sounds_the_same_at_another_rate():
    score = compose(WALTZ, 2)
    dry_score = only(score, notes=score.notes)
    low, high = perform(dry_score, 22_050)[:, 0], perform(dry_score, 44_100)[:, 0]

    def spectrum(y, rate):
        strength = np.abs(np.fft.rfft(y))
        return np.array([part.sum() for part in np.array_split(strength[: round(4000 * len(y) / rate)], 200)])

    assert np.corrcoef(spectrum(low, 22_050), spectrum(high, 44_100))[0, 1] > 0.98
