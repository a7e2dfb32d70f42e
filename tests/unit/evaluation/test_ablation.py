import json

import pytest

from evaluation.ablation import read, shown
from songs.errors import InvalidManifest


def written(path, data):
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def test_several_seeds_have_a_spread_and_one_has_none(tmp_path):
    rows = [
        {"name": "kin", "what": "the recipe", "seeds": [[0.5, 0.75], [0.7, 0.75]]},
        {"name": "- mixing", "what": "no mixing", "seeds": [[0.25, 0.5]]},
    ]
    table = read(written(tmp_path / "a.json", {"metrics": ["artist MAP", "genre P@1"], "rows": rows}))
    assert shown(table) == [
        "| recipe | what | seeds | artist MAP | genre P@1 |",
        "|---|---|---|---|---|",
        "| kin | the recipe | 2 | 0.600 ± 0.141 | 0.750 ± 0.000 |",
        "| - mixing | no mixing | 1 | 0.250 | 0.500 |",
    ]


def test_no_file_no_table(tmp_path):
    assert read(tmp_path / "none.json") is None


@pytest.mark.parametrize(
    "data",
    [
        "no json",
        [],
        {"metrics": ["a"]},
        {"metrics": ["a"], "rows": [{"name": "x", "what": "y", "seeds": []}]},
        {"metrics": ["a"], "rows": [{"name": "x", "what": "y", "seeds": [[1, 2]]}]},
        {"metrics": ["a"], "rows": [{"name": "x", "what": "y", "seeds": [["much"]]}]},
    ],
)
def test_another_file_is_refused(tmp_path, data):
    with pytest.raises(InvalidManifest):
        read(written(tmp_path / "a.json", data))
