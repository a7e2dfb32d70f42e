import json

from embedder.training.heads.abroad import FEWEST, abroad


def test_each_corpus_is_asked_about_by_the_other(world):
    songs, hearings, _ = world
    found = json.loads(json.dumps(abroad(hearings, songs)))
    assert {(one["taught"], one["asked"]) for one in found} == {("even", "odd"), ("odd", "even")}
    jazz = [one for one in found if one["genre"] == "jazz"]
    assert len(jazz) == 2
    for one in jazz:
        assert one["songs"] >= FEWEST
        assert one["area"] > 0.8  # both mean the same by it
        assert 0 <= one["calibration_error"] <= 1
    assert not [one for one in found if one["genre"] == "electronic"]  # only one of them has it
