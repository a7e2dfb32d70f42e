"""A recording's course: everything that is told of it, found in the order in which one thing needs another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.ndimage import maximum_filter1d

from embedder.descriptors.beats import Times, beats
from embedder.descriptors.fades import fades
from embedder.descriptors.features import key_confidence, metre_confidence, mode_confidence, tempo_confidence
from embedder.descriptors.frames import Frames, decibels
from embedder.descriptors.key import Key, evenness, folded, key, tuning
from embedder.descriptors.metre import Metre, division, metre, tatums
from embedder.descriptors.onsets import Onsets, onsets
from embedder.descriptors.pitches import TOGETHER
from embedder.descriptors.sections import boundaries
from embedder.descriptors.segments import segments
from embedder.descriptors.tempo import Pace, Tempo, pace, pulses, tempo
from embedder.descriptors.timbre import Places, Rows, means, timbre
from songs.structure import Section, Span, Structure


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What was found in a recording."""

    rate: float  # frames a second
    level: Rows  # (n_frames,), dBFS
    duration: float  # seconds
    onsets: Onsets
    tempo: Tempo
    pace: Pace
    beats: Times
    chroma: Rows  # (n_groups, 12)
    timbre: Rows  # (n_frames, 12)
    key: Key
    metre: Metre

    @classmethod
    def of(cls, frames: Frames, duration: float) -> Self:
        """Find it all; there is one frame at least."""
        found = onsets(frames)
        repeated = pulses(found)
        whole = tempo(repeated)
        followed = pace(repeated.windows, whole.bpm)
        chroma, shape = folded(frames.pitches, tuning(frames.pitches)), timbre(frames)
        power, even = _following(frames), evenness(frames.pitches)
        times = beats(found, followed, (power, _change(chroma, len(frames.level))), duration)
        tonal, rough = _synchronous(chroma, shape, times, frames.rate)
        level = decibels(power[_places(times, frames.rate, len(power))])
        return cls(
            rate=frames.rate, level=frames.level, duration=duration, onsets=found, tempo=whole, pace=followed,
            beats=times, chroma=chroma, timbre=shape, key=key(chroma, even),
            metre=metre(_strengths(found, times), level, tonal, rough, even),
        )  # fmt: skip

    def structure(self) -> Structure:
        """Return the course as spans of time. None of its lists is empty where there is a frame."""
        fade_in, fade_out = fades(self.level, self.rate, self.duration)
        sure = tempo_confidence(self.tempo.clarity, self.duration)
        struck = _struck(self.onsets, self.beats) * sure
        parts = division(self.beats, self.onsets)
        fine = tatums(self.beats, parts, self.duration)
        down = self.metre.downbeats
        return Structure(
            duration=round(self.duration, 5), fade_in_end=round(fade_in, 3), fade_out_start=round(fade_out, 3),
            bars=_spans(self.beats[down], struck[down] * metre_confidence(self.metre), self.duration),
            beats=_spans(self.beats, struck, self.duration),
            tatums=_spans(fine, np.repeat(struck, parts), self.duration),
            sections=tuple(self._sections()),
            segments=tuple(segments(self.level, self.onsets, self.chroma, self.timbre, self.duration)),
        )  # fmt: skip

    def _sections(self) -> Iterator[Section]:
        tonal, rough = _synchronous(self.chroma, self.timbre, self.beats, self.rate)
        first, novelty = boundaries(np.hstack((_balanced(_unit(tonal)), _balanced(rough))), self.beats, self.duration)
        times = np.append(self.beats[first], self.duration)
        times[0] = 0.0
        power = np.power(10, self.level / 10, dtype=np.float32)
        for i, (start, stop) in enumerate(zip(times[:-1].tolist(), times[1:].tolist(), strict=True)):
            yield self._section(start, stop, float(novelty[i]), power)

    def _section(self, start: float, stop: float, novelty: float, power: Rows) -> Section:
        rate = self.rate
        begin, end = round(start * rate), max(round(stop * rate), round(start * rate) + 1)
        tone = key(self.chroma[begin // TOGETHER : end // TOGETHER + 1], self.key.evenness)
        inside = self.beats[(self.beats >= start) & (self.beats < stop)]
        bpm = 60 / float(np.median(np.diff(inside))) if len(inside) > 2 else self.tempo.bpm
        tonic, mode, bar = key_confidence(tone), mode_confidence(tone), metre_confidence(self.metre)
        return Section(
            start=round(start, 3), duration=round(stop - start, 3), confidence=round(min(1.0, novelty), 3),
            loudness=round(float(10 * np.log10(max(1e-12, power[begin:end].mean()))), 2),
            tempo=round(bpm, 2), tempo_confidence=round(tempo_confidence(self.pace.near(start, stop), stop - start), 3),
            key=tone.tonic if tonic else -1, key_confidence=round(tonic, 3),
            mode=tone.mode if tonic and mode else -1, mode_confidence=round(mode, 3),
            time_signature=self.metre.beats_a_bar if bar else 0, time_signature_confidence=round(bar, 3),
        )  # fmt: skip


def _following(frames: Frames) -> Rows:
    """Return the largest power of each frame and the two after it, shape=(n_frames,)."""
    power = np.power(np.float32(10), frames.level / 10)
    return np.asarray(maximum_filter1d(power, 3, origin=-1))


def _change(chroma: Rows, count: int) -> Rows:
    """Return how much the pitch classes around each frame change, 0 to 1, shape=(count,)."""
    unit = _unit(chroma)
    change = np.zeros(len(unit), dtype=np.float32)
    change[1:-1] = 1 - np.sum(unit[2:] * unit[:-2], axis=1)
    return np.repeat(maximum_filter1d(change, 3), TOGETHER)[:count]


def _spans(starts: Times, confidence: Iterable[float], duration: float) -> tuple[Span, ...]:
    ends = np.append(starts[1:], duration)
    return tuple(
        Span(round(start, 3), round(end - start, 3), round(float(sure), 3))
        for start, end, sure in zip(starts.tolist(), ends.tolist(), confidence, strict=True)
    )


def _struck(found: Onsets, times: Times) -> Rows:
    """Return how strong the onset at each beat is, 0 to 1: a half is that of a usual one."""
    at = maximum_filter1d(found.strength, 3)[_places(times, found.rate, len(found.strength))]
    usual = float(np.median(at[at > 0])) if (at > 0).any() else 1.0
    return np.asarray(at / (at + usual))


def _synchronous(chroma: Rows, shape: Rows, times: Times, rate: float) -> tuple[Rows, Rows]:
    """Return the means of pitch classes and of timbre over each beat."""
    coarse, fine = (np.rint(times * each).astype(np.int64) for each in (rate / TOGETHER, rate))
    return means(chroma, coarse), means(shape, fine)


def _strengths(found: Onsets, times: Times) -> Rows:
    """Return onset strength and that of low bands at each beat; shape=(n_beats, 2)."""
    places = _places(times, found.rate, len(found.strength))
    return np.stack([maximum_filter1d(each, 3)[places] for each in (found.strength, found.low)], axis=1)


def _places(times: Times, rate: float, count: int) -> Places:
    return np.clip(np.rint(times * rate).astype(np.int64), 0, count - 1)


def _unit(rows: Rows) -> Rows:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9)))


def _balanced(rows: Rows) -> Rows:
    """Scale rows so that all columns together have a variance of 1: chroma and timbre then count alike."""
    return np.asarray(rows / np.float32(max(1e-6, np.sqrt(rows.var(axis=0).sum()))))
