"""The demo catalogue is written whole, kept, mended, and the same everywhere."""

import csv

import numpy as np
import pytest
import soundfile
from mutagen.flac import FLAC

from songs import manifest
from songs.vocabulary import genres
from synthesis import catalogue
from synthesis.catalogue import MANIFEST, demo_songs, write_catalogue
from synthesis.records import RECORDS
from synthesis.song import RATE, RECIPE
from synthesis.styles import STYLES


@pytest.fixture
def two_records(monkeypatch):
    """A catalogue of five songs instead of forty."""
    monkeypatch.setattr(catalogue, "RECORDS", RECORDS[2:4])


def stamps(folder):
    return {
        path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir() if path.suffix == ".flac"
    }


def test_forty_songs_five_a_style_by_two_artists_each():
    songs = list(demo_songs())
    assert len(songs) == 40
    assert len({song.sku for song in songs}) == len({song.file_name for song in songs}) == 40
    for style in STYLES:
        own = [song for song in songs if song.record.style is style]
        assert len(own) == 5
        assert len({song.record.artist for song in own}) == 2
        assert len({song.record.seed + song.track for song in own}) == 5  # no song twice under two names


def test_write_then_keep(two_records, tmp_path):
    told = []
    paths = write_catalogue(tmp_path / "new" / "demo", lambda there, in_all: told.append((there, in_all)))
    assert told == [(i, 5) for i in range(1, 6)]
    assert all(path.is_file() for path in paths)
    before = stamps(tmp_path / "new" / "demo")
    assert write_catalogue(tmp_path / "new" / "demo") == paths
    assert stamps(tmp_path / "new" / "demo") == before
    assert {path.name for path in (tmp_path / "new" / "demo").iterdir()} == {path.name for path in paths} | {MANIFEST}


def test_what_is_damaged_missing_or_of_another_recipe_is_made_again(two_records, tmp_path):
    paths = write_catalogue(tmp_path)
    original = [path.read_bytes() for path in paths]
    paths[0].write_bytes(b"not audio")
    paths[1].unlink()
    old = FLAC(paths[2])
    old["soundkin_recipe"] = str(RECIPE - 1)
    old.save()
    FLAC(paths[3]).delete()  # no tags at all
    kept = stamps(tmp_path)[paths[4].name]
    write_catalogue(tmp_path)
    assert [path.read_bytes() for path in paths] == original  # byte for byte: the same seed, the same file
    assert stamps(tmp_path)[paths[4].name] == kept


def test_other_files_of_the_folder_are_left_alone(two_records, tmp_path):
    (tmp_path / "mine.flac").write_bytes(b"mine")
    write_catalogue(tmp_path)
    assert (tmp_path / "mine.flac").read_bytes() == b"mine"


def test_a_crash_leaves_no_half_file(two_records, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(catalogue.soundfile, "write", full)
    with pytest.raises(OSError, match="No space"):
        write_catalogue(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_files_carry_their_tags_and_decode_without_clipping(two_records, tmp_path):
    for song, path in zip(list(demo_songs()), write_catalogue(tmp_path), strict=True):
        tags = FLAC(path)
        assert tags["title"] == [song.title]
        assert tags["artist"] == [song.record.artist]
        assert tags["album"] == [song.record.album]
        assert tags["tracknumber"] == [str(song.track)]
        assert tags["bpm"] == [str(song.score.tempo)]
        assert genres(tags["genre"][0]) == {song.record.style.genre}
        y, rate = soundfile.read(path, dtype="int16")
        assert rate == RATE
        assert y.shape[1] == 2
        assert np.abs(y.astype(np.int32)).max() == pytest.approx(32767 * 10 ** (-1 / 20), abs=2)


def test_the_manifest_is_one_that_ingest_reads(two_records, tmp_path):
    paths = write_catalogue(tmp_path)
    rows = manifest.read(tmp_path / MANIFEST)
    assert [row.path for row in rows] == paths
    for row, song in zip(rows, demo_songs(), strict=True):
        assert (row.tags.artist, row.tags.title, row.tags.album) == (song.record.artist, song.title, song.record.album)
        assert (row.tags.year, row.tags.track, row.tags.sku) == (song.record.year, song.track, song.sku)
        assert row.tags.metadata == {"style": song.record.style.name, "bpm": str(song.score.tempo)}
    with (tmp_path / MANIFEST).open(newline="") as file:
        assert next(csv.reader(file))[0] == "path"
