"""What signal processing tells of a song's course survives JSON."""

import json

from songs.structure import Section, Segment, Span, Structure


def test_json_and_back():
    told = Structure(
        duration=9.5,
        fade_in_end=0.25,
        fade_out_start=9.0,
        bars=(Span(0.5, 2.0, 0.5),),
        beats=(Span(0.5, 0.5, 0.75), Span(1.0, 0.5, 0.5)),
        tatums=(Span(0.5, 0.25, 0.75),),
        sections=(
            Section(
                start=0.0, duration=9.5, confidence=1.0, loudness=-12.5, tempo=120.0, tempo_confidence=0.5, key=9,
                key_confidence=0.25, mode=0, mode_confidence=0.5, time_signature=4, time_signature_confidence=0.75,
            ),
        ),
        segments=(
            Segment(
                start=0.0, duration=0.5, confidence=0.5, loudness_start=-40.0, loudness_max=-9.0, loudness_max_time=0.1,
                loudness_end=-20.0, pitches=(1.0,) + (0.25,) * 11, timbre=(30.0,) + (-2.5,) * 11,
            ),
        ),
    )  # fmt: skip
    assert Structure.from_json(json.loads(json.dumps(told.as_json()))) == told


def test_too_little_sound_has_no_course():
    told = Structure(duration=1.0, fade_in_end=0.0, fade_out_start=1.0)
    assert Structure.from_json(told.as_json()) == told
    assert not told.beats
