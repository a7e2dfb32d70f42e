from pathlib import Path

import numpy as np
import pytest
import soundfile
from mutagen.flac import FLAC
from mutagen.id3 import ID3, TCON, TDRC, TIT2, TPE1, TRCK, TSRC
from mutagen.mp3 import MP3
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from songs.song import Tags
from worker.tags import LONGEST, read_tags

WANT = Tags(title="Été", artist="Ärtist", genre="Rock; Pop", year=1999, track=3, isrc="GBAYE0000001")


def sound(path: Path) -> Path:
    rng = np.random.default_rng(1)
    soundfile.write(path, rng.normal(0, 0.1, 22050).astype(np.float32), 22050)
    return path


@pytest.mark.parametrize(("suffix", "kind"), [("flac", FLAC), ("ogg", OggVorbis)])
def test_vorbis_comments(tmp_path, suffix, kind):
    path = sound(tmp_path / f"a.{suffix}")
    file = kind(path)
    file.update({"title": "Été", "artist": "Ärtist", "genre": ["Rock", "Pop"], "date": "1999-05-01",
                 "tracknumber": "3/12", "isrc": "GB-AYE-00-00001"})  # fmt: skip
    file.save()
    assert read_tags(path) == WANT


@pytest.mark.parametrize(("suffix", "kind"), [("mp3", MP3), ("wav", WAVE)])
def test_id3(tmp_path, suffix, kind):
    path = sound(tmp_path / f"a.{suffix}")
    file = kind(path)
    if file.tags is None:
        file.add_tags()
    for frame in (TIT2(text="Été"), TPE1(text="Ärtist"), TCON(text=["Rock", "Pop"]), TDRC(text="1999"),
                  TRCK(text="3"), TSRC(text="GBAYE0000001")):  # fmt: skip
        file.tags.add(frame)
    file.save()
    assert read_tags(path) == WANT


def test_no_tags_are_no_error(tmp_path):
    assert read_tags(sound(tmp_path / "a.flac")) == Tags()
    (tmp_path / "text.mp3").write_text("not audio at all")
    assert read_tags(tmp_path / "text.mp3") == Tags()
    assert read_tags(tmp_path / "none.mp3") == Tags()


def test_a_giant_tag_is_cut_and_odd_characters_are_kept_out(tmp_path):
    path = sound(tmp_path / "a.mp3")
    tags = ID3()
    tags.add(TIT2(text="x" * 1_000_000))
    tags.add(TPE1(text="a\0b"))
    tags.add(TSRC(text="nonsense"))
    tags.add(TRCK(text="第3"))
    tags.save(path)
    read = read_tags(path)
    assert read.title == "x" * LONGEST
    assert read.artist is not None
    assert "\0" not in read.artist
    assert (read.isrc, read.track) == (None, None)
