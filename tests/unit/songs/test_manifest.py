"""Manifests are read whole, or refused with the line that is wrong."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songs.errors import InvalidManifest
from songs.manifest import EMOTIONS, read
from songs.song import Tags


def written(folder: Path, text: str | bytes, name: str = "songs.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(path: Path) -> str:
    with pytest.raises(InvalidManifest) as caught:
        read(path)
    assert caught.value.path == str(path)
    assert "\n" not in str(caught.value)
    return caught.value.why


def test_every_known_column(tmp_path):
    text = (
        "path,artist,title,album,year,track,genre,isrc,sku,collection,plays,mood board\n"
        "a/b.mp3,Lo,Hi,Up,1999,3,jazz; pop,USX,k1,shop,12.5,cork\n"
    )
    (row,) = read(written(tmp_path, text))
    assert row.path == tmp_path / "a" / "b.mp3"
    assert row.tags == Tags(
        artist="Lo",
        title="Hi",
        album="Up",
        year=1999,
        track=3,
        genre="jazz; pop",
        isrc="USX",
        sku="k1",
        collection="shop",
        plays=12.5,
        metadata={"mood board": "cork"},
    )
    assert row.columns["year"] == "1999"


def test_a_path_alone_is_enough(tmp_path):
    assert [(row.path, row.tags) for row in read(written(tmp_path, "path\nx.mp3\n"))] == [(tmp_path / "x.mp3", Tags())]


def test_an_absolute_path_stays(tmp_path):
    (row,) = read(written(tmp_path, "path\n/srv/x.mp3\n"))
    assert row.path == Path("/srv/x.mp3")


def test_byte_order_mark_windows_lines_quotes_and_commas(tmp_path):
    (row,) = read(written(tmp_path, b'\xef\xbb\xbfpath,title\r\nx.mp3,"one, ""two"""\r\n'))
    assert (row.path.name, row.tags.title) == ("x.mp3", 'one, "two"')


def test_a_line_break_within_quotes(tmp_path):
    first, second = read(written(tmp_path, 'path,title\nx.mp3,"one\ntwo"\ny.mp3,three\n'))
    assert (first.tags.title, second.tags.title) == ("one\ntwo", "three")


def test_blanks_around_names_and_values_do_not_matter(tmp_path):
    (row,) = read(written(tmp_path, "artist , path\n Lo , x.mp3 \n"))
    assert (row.path.name, row.tags.artist) == ("x.mp3", "Lo")


def test_empty_cells_say_nothing(tmp_path):
    (row,) = read(written(tmp_path, "path,artist,year,extra\nx.mp3,,  ,\n"))
    assert row.tags == Tags()


def test_a_short_line_lacks_its_last_columns_and_a_long_one_loses_what_has_no_name(tmp_path):
    short, long = read(written(tmp_path, "path,artist,title\nx.mp3\ny.mp3,Lo,Hi,what,else\n"))
    assert short.tags == Tags()
    assert long.tags == Tags(artist="Lo", title="Hi")


def test_empty_lines_are_skipped(tmp_path):
    assert len(read(written(tmp_path, "path\n\nx.mp3\n\n\ny.mp3\n"))) == 2


def test_genres_stands_in_for_genre(tmp_path):
    both, one = read(written(tmp_path, "path,genre,genres\nx.mp3,jazz,rock; pop\ny.mp3,,rock; pop\n"))
    assert (both.tags.genre, one.tags.genre) == ("jazz", "rock; pop")


def test_emotions_are_kept_as_metadata(tmp_path):
    (row,) = read(written(tmp_path, f"path,{','.join(EMOTIONS)}\nx.mp3,{','.join('0.5' for _ in EMOTIONS)}\n"))
    assert row.tags.metadata == dict.fromkeys(EMOTIONS, "0.5")


def test_whole_numbers_may_be_written_with_a_point(tmp_path):
    (row,) = read(written(tmp_path, "path,year,track\nx.mp3,1999.0,2.0\n"))
    assert (row.tags.year, row.tags.track) == (1999, 2)


def test_no_file(tmp_path):
    assert refused(tmp_path / "none.csv") == "No such file or directory"


def test_a_folder(tmp_path):
    assert refused(tmp_path) == "Is a directory"


def test_not_text(tmp_path):
    assert refused(written(tmp_path, b"path\nx\xff.mp3\n")) == "is not UTF-8 text (byte 6)"


@pytest.mark.parametrize("text", ["", "\n", "file,title\nx.mp3,Hi\n", "x.mp3\ny.mp3\n", "Path\nx.mp3\n"])
def test_no_column_path(tmp_path, text):
    assert "column 'path' is missing" in refused(written(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "text"), [("a.csv", "path\n"), ("a.csv", "path,title\n\n\n"), ("a.jsonl", ""), ("a.jsonl", "\n \n")]
)
def test_no_rows(tmp_path, name, text):
    assert refused(written(tmp_path, text, name)) == "has no rows"


@pytest.mark.parametrize("text", ["path,title\nx.mp3,a\n,b\n", "path,title\nx.mp3,a\n   ,b\n"])
def test_a_row_without_a_path_names_its_line(tmp_path, text):
    assert refused(written(tmp_path, text)) == "line 3 has no path"


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("year", "MCMXCIX", "is not a number"),
        ("year", "nan", "is not a finite number"),
        ("year", "1e999", "is not a finite number"),
        ("year", "1e7", "is not a whole number"),
        ("year", "1999.5", "is not a whole number"),
        ("track", "A1", "is not a number"),
        ("plays", "1.000.000", "is not a number"),
        ("plays", "inf", "is not a finite number"),
        ("plays", "-1", "is below 0"),
    ],
)
def test_a_number_that_is_none_names_line_column_and_value(tmp_path, column, value, why):
    text = f"path,{column}\nx.mp3,1\ny.mp3,{value}\n"
    assert refused(written(tmp_path, text)) == f"line 3: {column} {value!r} {why}"


@pytest.mark.parametrize("text", ["path\n" + "x" * 200_000 + "\n", "x" * 200_000 + "\ny\n"])
def test_a_cell_beyond_all_measure(tmp_path, text):
    assert "field larger than" in refused(written(tmp_path, text))


def test_json_lines(tmp_path):
    lines = [
        {
            "path": "x.mp3",
            "title": "Hi",
            "year": 1999,
            "plays": 2.5,
            "genre": ["rock", "pop"],
            "album": None,
            "extra": True,
        },
        {"path": "y.mp3", "title": "a\u2028b\x85c"},
    ]
    text = "\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\r\n"
    first, second = read(written(tmp_path, text, "songs.jsonl"))
    assert first.path == tmp_path / "x.mp3"
    assert first.tags == Tags(title="Hi", year=1999, plays=2.5, genre="rock; pop", metadata={"extra": "True"})
    assert second.tags.title == "a\u2028b\x85c"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "line 2 is not JSON"),
        ("[" * 100_000, "line 2 is not JSON"),
        ('["x.mp3"]', "line 2 is not a JSON object"),
        ('"x.mp3"', "line 2 is not a JSON object"),
        ("{}", "line 2 has no path"),
        ('{"path": ""}', "line 2 has no path"),
        ('{"path": null}', "line 2 has no path"),
        ('{"path": "x", "year": NaN}', "line 2: year 'nan' is not a finite number"),
        ('{"path": "x", "year": "soon"}', "line 2: year 'soon' is not a number"),
    ],
)
def test_bad_json_lines(tmp_path, line, why):
    assert refused(written(tmp_path, '{"path": "fine.mp3"}\n' + line, "songs.jsonl")).startswith(why)


@given(data=st.binary(max_size=300), suffix=st.sampled_from([".csv", ".jsonl"]))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data, suffix):
    path = written(tmp_path_factory.getbasetemp(), data, f"any{suffix}")
    try:
        rows = read(path)
    except InvalidManifest:
        return
    assert rows


@given(text=st.text(max_size=80).map(lambda tail: "path,year,plays\n" + tail))
def test_any_rows_are_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    path.write_text(text, encoding="utf-8", errors="ignore", newline="")
    try:
        rows = read(path)
    except InvalidManifest:
        return
    assert all(row.path != path.parent for row in rows if row.columns["path"] not in (".", "/"))
