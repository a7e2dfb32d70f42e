"""What signal processing tells of a song's course survives JSON."""

import json
from dataclasses import replace

from heard import STRUCTURE
from songs.structure import Span, Structure


def test_json_and_back():
    told = replace(STRUCTURE, tatums=(Span(0.5, 0.25, 0.75),))
    assert Structure.from_json(json.loads(json.dumps(told.as_json()))) == told


def test_too_little_sound_has_no_course():
    told = Structure(duration=1.0, fade_in_end=0.0, fade_out_start=1.0)
    assert Structure.from_json(told.as_json()) == told
    assert not told.beats
