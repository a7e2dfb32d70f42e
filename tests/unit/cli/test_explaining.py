import pytest
import typer

from cli.explaining import Told, Wish, _free, picture_folder
from songs.explanation import Check, Explainable, Explanation, Region, Span

CHECK = Check(share=0.1, sets=99, drop=0.5, random_mean=0.1, energy_ratio=1.0, p=0.01)


def told(tmp_path, count=7, check=CHECK, label="genre", target="jazz"):
    regions = tuple(
        Region(start=float(n), end=n + 1.0, low_hz=0.0, high_hz=420.8, effect=1.0 / (n + 1)) for n in range(count)
    )
    spans = tuple(Span(start=region.start, end=region.end, effect=region.effect) for region in regions)
    explanation = Explanation(
        label=label, target=target, score=1.0, heard=51.2, seconds=spans, regions=regions, check=check
    )  # fmt: skip
    return Told(explanation, tmp_path / "x.png")


@pytest.mark.parametrize(
    ("text", "label", "name"),
    [
        ("popularity", Explainable.POPULARITY, None),
        ("genre", Explainable.GENRE, None),
        ("genre:new age", Explainable.GENRE, "new age"),
        ("mood:Dark", Explainable.MOOD, "Dark"),
    ],
)
def test_what_can_be_explained(text, label, name):
    assert Wish.parse(text) == Wish(label, name)


@pytest.mark.parametrize("text", ["", "tempo", "genre:", ":jazz", "popularity:high", "Genre"])
def test_what_cannot(text):
    with pytest.raises(typer.BadParameter, match="popularity, genre, mood"):
        Wish.parse(text)


def test_a_person_reads_the_strongest(tmp_path):
    lines = list(told(tmp_path).lines())
    assert lines[0] == "genre: jazz"
    assert "strongest seconds: 0.0 to 1.0, 1.0 to 2.0, 2.0 to 3.0, 3.0 to 4.0, 4.0 to 5.0" in lines
    assert sum("Hz" in line for line in lines) == 5
    assert "  and 2 weaker regions" in lines
    assert str(tmp_path / "x.png") in lines[-1]


def test_json_has_all_of_them(tmp_path):
    data = told(tmp_path).as_json()
    assert len(data["regions"]) == len(data["seconds"]) == 7
    assert (data["stands_out"], data["picture"]) == (True, str(tmp_path / "x.png"))


def test_where_nothing_stands_out_nothing_is_claimed(tmp_path):
    lines = list(
        told(tmp_path, 0, Check(share=0.1, sets=99, drop=0.1, random_mean=0.1, energy_ratio=1.0, p=0.6)).lines()
    )
    assert not any("Hz" in line or "seconds" in line for line in lines)
    assert any("no region stands out" in line for line in lines)


def test_a_folder_for_pictures_is_made_or_refused(tmp_path):
    assert picture_folder(tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(typer.BadParameter):
        picture_folder(tmp_path / "file")
    with pytest.raises(typer.BadParameter):
        picture_folder(tmp_path / "file" / "below")


def test_two_files_of_one_name_have_two_pictures(tmp_path):
    taken = set()
    names = [_free(tmp_path, stem, taken).name for stem in ("a.mood", "b.mood", "a.mood", "a.mood")]
    assert names == ["a.mood.png", "b.mood.png", "a.mood.2.png", "a.mood.3.png"]
