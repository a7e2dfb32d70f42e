"""Loops whose tempo, metre, key and parts are known, for they are written here."""

import numpy as np

from embedder.descriptors.analyser import Analyser
from embedder.descriptors.loudness import Levels
from embedder.spectrogram import AudioSettings, stream
from synthesis import drums, instruments

S = AudioSettings()
RATE = S.sample_rate


def described(y, levels=None, settings=S, cuts=()):
    """Return what the analyser tells of samples."""
    analyser = Analyser(settings)
    for _ in stream(np.split(y, cuts), settings, analyser.feed):
        pass
    return analyser.result(len(y) / settings.sample_rate, levels or Levels())


def mixed(seconds, events):
    """Lay sounds into silence: events are (second, samples, level)."""
    y = np.zeros(round((seconds + 4) * RATE), dtype=np.float32)
    for start, sound, level in events:
        at = round(start * RATE)
        y[at : at + len(sound)] += np.float32(level) * sound[: len(y) - at]
    y = y[: round(seconds * RATE)]
    return y / max(1.0, float(np.abs(y).max()) / 0.9)


def drum_loop(bpm, seconds, beats_a_bar=4, swing=0.5, start=0.0):
    """Return kick, snare and hats in eighths; ``swing`` is where in the beat the second eighth falls."""
    beat = 60 / bpm
    events = []
    for i, at in enumerate(np.arange(start, seconds, beat)):
        place = i % beats_a_bar
        if beats_a_bar == 3:
            events.append((at, (drums.kick if place == 0 else drums.snare)(RATE), 0.9 if place == 0 else 0.4))
        else:
            events.append((at, (drums.kick if place % 2 == 0 else drums.snare)(RATE), 0.9 if place == 0 else 0.7))
        events.append((at, drums.hat(RATE), 0.4))
        events.append((at + swing * beat, drums.hat(RATE), 0.3))
    return mixed(seconds, events)


def beats_of(bpm, seconds, start=0.0):
    """Return the times of a steady pulse."""
    return np.arange(start, seconds, 60 / bpm)


def drifting(first, last, seconds):
    """Return the times of a pulse whose tempo goes evenly from one to another."""
    times, at = [], 0.0
    while at < seconds:
        times.append(at)
        at += 60 / (first + (last - first) * at / seconds)
    return np.array(times)


def struck(times, seconds):
    """Return a kick and a hat at each time."""
    return mixed(seconds, [(t, drum(RATE), 0.7) for t in times for drum in (drums.kick, drums.hat)])


CADENCES = {1: ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7)), 0: ((0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7))}


def cadence(tonic, mode, *, cents=0, voice=instruments.piano, seconds=16.0, chord=1.0):
    """Return I IV V I over and over, of the key that begins ``tonic`` semitones above C, tuned ``cents`` high."""
    events = []
    for i, at in enumerate(np.arange(0, seconds, chord)):
        notes = CADENCES[mode][i % 4]
        heights = [60 + tonic + n for n in notes] + [36 + tonic + notes[0]]
        for note in heights:
            hz = 440 * 2 ** ((note - 69 + cents / 100) / 12)
            events.append((at, voice(hz, chord * 0.95, RATE), 0.2))
    return mixed(seconds, events)


def found(spans, times, within=0.07):
    """Return the F-measure of spans' starts against known times, in seconds."""
    starts = np.array([span.start for span in spans])
    hits = sum(np.abs(starts - time).min() < within for time in times)
    return 2 * hits / (len(starts) + len(times))
