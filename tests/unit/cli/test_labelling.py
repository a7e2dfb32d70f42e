from cli.labelling import COLUMNS, UNTOLD, between, rows
from songs.labels import Choice, Feature, Interval, Labels, Popularity

TOLD = Labels(
    genre=Choice("jazz", False, 0.7, {"jazz": 0.7, "rock": 0.2, "pop": 0.5, "folk": 0.1, "blues": 0.05}),
    mood=Choice("Dark", True, 0.3, {"Dark": 0.3}),
    emotions={"power": 0.25},
    valence=Interval(0.5, 0.2, 0.8),
    popularity=Popularity(61.4, 20.2, 99.9, "model"),
    features={
        "tempo": Feature(120.04, 0.5, "signal", alternatives=(60.02, 240.08)),
        "key": Feature(6, 0.9, "signal"),
        "mode": Feature(0, None, "signal"),
        "energy": Feature(0.61, 0.4, "model", 0.41, 0.81),
        "liveness": Feature(None, None, "model"),
    },
)


def table(labels):
    return {row[0]: row[1:] for row in rows(labels)}


def test_every_label_has_its_value_its_doubt_and_its_source():
    found = table(TOLD)
    assert found["genre"] == ("jazz", "70%; then pop 50%, rock 20%, folk 10%", "model")
    assert found["mood"] == ("Dark (uncertain)", "30%", "model")
    assert found["popularity"] == ("61 of 100", "20 to 100", "model")
    assert found["valence"] == ("0.50", "0.20 to 0.80", "model")
    assert found["emotion: power"] == ("25%", "of listeners", "model")
    assert found["tempo"] == ("120 bpm", "50%; or 60.02, 240.1", "signal")
    assert found["key"] == ("F sharp", "90%", "signal")
    assert found["mode"] == ("minor", "", "signal")
    assert found["energy"] == ("0.61", "0.41 to 0.81; 40%", "model")


def test_what_cannot_be_told_is_there_too():
    found = table(TOLD)
    assert found["liveness"] == (UNTOLD, "", "model")
    assert found["arousal"] == found["quadrant"] == found["cluster"] == (UNTOLD, "", "")
    nothing = table(Labels())
    assert {value for value, _, _ in nothing.values()} == {UNTOLD}
    assert set(nothing) == {"genre", "mood", "popularity", "valence", "arousal", "quadrant", "cluster"}


def test_rows_fit_the_columns():
    assert {len(row) for row in rows(TOLD)} == {len(COLUMNS)}


def test_an_interval_needs_both_ends():
    assert between(0.1234, 0.5, 2) == "0.12 to 0.50"
    assert between(None, 0.5, 2) == between(0.5, None, 2) == ""
