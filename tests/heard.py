"""What a song might be heard as, with a value in every place."""

from songs.labels import Choice, Feature, Interval, Labels, Popularity
from songs.structure import Section, Segment, Span, Structure

LABELS = Labels(
    genre=Choice("jazz", False, 0.75, {"jazz": 0.75, "rock": 0.25}),
    mood=Choice("Relaxing", True, 0.5, {"Relaxing": 0.5}),
    emotions={"calmness": 0.5},
    valence=Interval(0.25, 0.0, 0.5),
    arousal=Interval(0.5, 0.25, 0.75),
    quadrant=Choice("Q4", False, 0.75, {"Q4": 0.75}),
    popularity=Popularity(50.0, 10.0, 90.0, "model"),
    features={
        "tempo": Feature(120.0, 0.75, "signal", alternatives=(60.0, 240.0)),
        "key": Feature(9, 0.5, "signal"),
        "energy": Feature(0.5, 0.5, "model", 0.25, 0.75),
        "liveness": Feature(None, None, "model"),
    },
)
STRUCTURE = Structure(
    duration=60.0,
    fade_in_end=0.5,
    fade_out_start=55.0,
    bars=(Span(0.5, 2.0, 0.5),),
    beats=(Span(0.5, 0.5, 0.75), Span(1.0, 0.5, 0.5)),
    sections=(
        Section(
            start=0.0, duration=60.0, confidence=1.0, loudness=-12.5, tempo=120.0, tempo_confidence=0.5, key=9,
            key_confidence=0.25, mode=0, mode_confidence=0.5, time_signature=4, time_signature_confidence=0.75,
        ),
    ),
    segments=(
        Segment(
            start=0.0, duration=0.5, confidence=0.5, loudness_start=-40.0, loudness_max=-9.0, loudness_max_time=0.125,
            loudness_end=-20.0, pitches=(1.0,) + (0.25,) * 11, timbre=(30.0,) + (-2.5,) * 11,
        ),
    ),
)  # fmt: skip
