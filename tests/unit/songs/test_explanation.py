import json
from dataclasses import replace

import pytest

from songs.explanation import Check, Explanation, Region, Span

CHECK = Check(share=0.1, sets=99, drop=0.5, random_mean=0.1, energy_ratio=1.0, p=0.01)
TOLD = Explanation(
    label="genre", target="jazz", score=1.25, heard=51.2,
    seconds=(Span(start=1.0, end=2.0, effect=0.4),),
    regions=(Region(start=1.0, end=2.0, low_hz=100.0, high_hz=200.0, effect=0.4),),
    check=CHECK,
)  # fmt: skip


def test_json_comes_back():
    assert Explanation.from_json(json.loads(json.dumps(TOLD.as_json()))) == TOLD


@pytest.mark.parametrize(
    ("check", "stands_out"),
    [
        (CHECK, True),
        (replace(CHECK, p=0.05), True),
        (replace(CHECK, p=0.06), False),
        (replace(CHECK, drop=0.0), False),
        (replace(CHECK, drop=-0.5), False),
        (replace(CHECK, energy_ratio=0.25), False),
        (replace(CHECK, energy_ratio=2.5), False),
    ],
)
def test_regions_stand_out_or_not(check, stands_out):
    told = replace(TOLD, check=check)
    assert told.check.stands_out is stands_out
    assert told.as_json()["stands_out"] is stands_out
    assert ("no region stands out" in told.sentence) is not stands_out
    assert "jazz" in told.sentence


def test_the_sentence_says_which_way_the_score_goes_and_what_was_missing_to_compare_with():
    assert "it falls by 0.1 on average" in TOLD.sentence
    assert "it rises by 0.417 on average" in replace(TOLD, check=replace(CHECK, random_mean=-0.417)).sentence
    assert "nothing else in it is as loud" in replace(TOLD, check=replace(CHECK, energy_ratio=0.25)).sentence
