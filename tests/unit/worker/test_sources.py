import hashlib
import os
from pathlib import Path

import pytest

from songs.errors import AudioEmpty, AudioNotFound, AudioNotReadable, UnsupportedSource
from worker.sources import Walk, canonical, encodable, existing, facts, gone, is_url, touched


def found(folder: Path) -> list[str]:
    return [str(Path(path).relative_to(folder.resolve())) for path in Walk(folder, [])]


def test_walks_audio_only_in_the_order_of_names(tmp_path):
    for name in ["b.mp3", "a.FLAC", "cover.jpg", ".hidden.mp3", "sub/c.ogg", "sub/notes.txt", ".git/d.mp3"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert found(tmp_path) == ["a.FLAC", "b.mp3", "sub/c.ogg"]


def test_a_loop_by_symlink_ends_and_names_each_file_once(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.mp3").touch()
    (tmp_path / "x" / "loop").symlink_to(tmp_path)
    (tmp_path / "alias.mp3").symlink_to(tmp_path / "x" / "a.mp3")
    assert found(tmp_path) == ["x/a.mp3"]


def test_a_link_to_nowhere_is_still_a_candidate_that_will_fail_by_name(tmp_path):
    (tmp_path / "a.mp3").symlink_to(tmp_path / "nowhere.mp3")
    with pytest.raises(AudioNotFound):
        facts(next(iter(Walk(tmp_path, []))))


def test_a_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    # root may read everything, so the refusal is the operating system's own error, raised where it would be
    (tmp_path / "closed").mkdir()
    real = os.scandir

    def scandir(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    walk = Walk(tmp_path, [])
    assert list(walk) == []
    assert walk.refused == [(str(tmp_path / "closed"), "Permission denied")]


@pytest.mark.parametrize("name", ["песня.mp3", "歌.mp3", "أغنية.mp3", "a b'\"%;.mp3", "e\u0301.mp3", "🎵.mp3"])
def test_names_in_any_script(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    assert found(tmp_path) == [name]
    assert facts(str(tmp_path / name)).size == 1


def test_a_name_that_is_not_unicode_is_told(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\xfe.mp3"
    Path(os.fsdecode(path)).write_bytes(b"x")
    (source,) = Walk(tmp_path, [])
    assert not encodable(source)
    assert encodable("/песня.mp3")


def test_facts_are_the_files_own(tmp_path):
    (tmp_path / "a.mp3").write_bytes(b"abc" * 1_000_000)
    seen = facts(str(tmp_path / "a.mp3"))
    assert seen.sha256 == hashlib.sha256(b"abc" * 1_000_000).hexdigest()
    assert (seen.size, seen.mtime_ns) == touched(str(tmp_path / "a.mp3"))


def test_what_cannot_be_read_is_named(tmp_path):
    (tmp_path / "empty.mp3").touch()
    for path, error in [
        (tmp_path / "none.mp3", AudioNotFound),
        (tmp_path / "empty.mp3", AudioEmpty),
        (tmp_path / "empty.mp3" / "below.mp3", AudioNotFound),
        (tmp_path, AudioNotReadable),
        ("a\0b", AudioNotReadable),
    ]:
        with pytest.raises(error):
            facts(str(path))


def test_gone_are_only_files(tmp_path):
    (tmp_path / "a.mp3").touch()
    here, lost = str(tmp_path / "a.mp3"), str(tmp_path / "b.mp3")
    assert gone([here, lost, "upload:abc", "https://x/y.mp3"]) == [lost]
    assert touched(lost) is None


def test_links_lead_to_one_name(tmp_path):
    (tmp_path / "a.mp3").touch()
    (tmp_path / "b.mp3").symlink_to(tmp_path / "a.mp3")
    assert canonical(tmp_path / "b.mp3") == canonical(tmp_path / "a.mp3")
    with pytest.raises(UnsupportedSource, match="nope"):
        existing("nope")
    assert is_url("HTTPS://x/y.mp3")
    assert not is_url("/http/x.mp3")


def test_pipes_and_devices_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "endless.wav").symlink_to("/dev/zero")
    for source in Walk(tmp_path, []):
        with pytest.raises(AudioNotReadable, match="not a regular file"):
            facts(source)
    with pytest.raises(AudioNotReadable):
        facts(str(tmp_path / "pipe.wav"))
