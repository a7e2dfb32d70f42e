"""What is said of the whole recording, each with its confidence, and what is left unsaid."""

import numpy as np

from embedder.descriptors.beats import Times
from embedder.descriptors.key import Key
from embedder.descriptors.loudness import Levels
from embedder.descriptors.metre import UNDECIDED, Metre
from embedder.descriptors.tempo import FASTEST, SLOWEST, Tempo
from songs.labels import Feature

UNKNOWN = Feature(None, None, "signal")

# Weights and limits below were fitted to, or read off, the 332 clips whose published tempo, key and mode are known:
# a confidence is about the share of clips that agree.
CHANCE = 0.3  # clarity that a second of noise may reach; it falls with the root of the length
UNTUNED = 0.03  # evenness of noise
TONE = 3.5  # pitch classes of a single tone with its overtones
DOUBT = 0.2  # confidence below which a key is not told
ALIKE = 0.02  # difference of two correlations


def features(duration: float, levels: Levels) -> dict[str, Feature]:
    """Return what needs no music: duration in seconds, loudness in LUFS, and the RMS in dBFS."""
    return {
        "duration": Feature(duration, 1.0, "signal"),
        "loudness": _measured(levels.lufs),
        "loudness_dbfs": _measured(levels.rms_dbfs),
    }


def musical(tempo: Tempo, times: Times, key: Key, metre: Metre, duration: float) -> dict[str, Feature]:
    """Return tempo (beats a minute), key (0 is C), mode (1 is major) and time_signature (beats a bar)."""
    sure, tonic, mode = tempo_confidence(tempo.clarity, duration), key_confidence(key), mode_confidence(key)
    bar = metre_confidence(metre) if sure else 0.0
    bpm = refined(tempo.bpm, times)
    others = (round(other * bpm / tempo.bpm, 2) for other, _ in tempo.alternatives)  # of the value that is told
    return {
        "tempo": _told(round(bpm, 2), sure, tuple(other for other in others if SLOWEST <= other <= FASTEST)),
        "key": _told(key.tonic, tonic),
        "mode": _told(key.mode, mode),
        "time_signature": _told(metre.beats_a_bar, bar),
    }


def refined(bpm: float, times: Times) -> float:
    """Return a tempo as its beats have it, to a fraction of the grid's 1 %, where they keep to it."""
    span = min(16, len(times) - 1)
    if span < 4:
        return bpm
    kept = 60 * span / float(np.median(times[span:] - times[:-span]))
    return kept if abs(np.log(kept / bpm)) < 0.03 else bpm


def tempo_confidence(clarity: float, seconds: float) -> float:
    """Return 0 to 1; 0 for what noise of that length reaches, too."""
    return min(1.0, 0.6 + 0.35 * clarity) if clarity > CHANCE / np.sqrt(max(seconds, 1.0)) else 0.0


def key_confidence(key: Key) -> float:
    """Return 0 to 1 for the tonic; 0 for noise, for a single tone, and where the profiles do not fit."""
    sure = _sigmoid(4.4 * key.fit + 2.7 * key.tonic_margin - 4.0)
    return sure if key.evenness > UNTUNED and key.classes > TONE and sure > DOUBT else 0.0


def mode_confidence(key: Key) -> float:
    """Return 0 to 1 for major or minor; 0 where there is no tonic, or both fit alike."""
    return _sigmoid(5.2 * key.fit - 3.0) if key_confidence(key) and key.mode_margin > ALIKE else 0.0


def metre_confidence(metre: Metre) -> float:
    """Return 0 to 1 for the beats of a bar; 0 where bars of three and of four repeat alike."""
    return min(1.0, 0.5 + metre.margin) if metre.margin > UNDECIDED else 0.0


def _sigmoid(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))


def _told(value: float, confidence: float, alternatives: tuple[float, ...] = ()) -> Feature:
    if not confidence:
        return UNKNOWN
    return Feature(value, round(confidence, 3), "signal", alternatives=alternatives)


def _measured(decibels: float | None) -> Feature:
    return UNKNOWN if decibels is None else Feature(round(decibels, 2), 1.0, "signal")
