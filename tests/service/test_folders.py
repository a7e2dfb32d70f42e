"""A folder that changes: files move, vanish, come back; and a catalogue whose database is replaced."""

import shutil

import pytest

from installation import Installation
from music import catalogue

pytestmark = pytest.mark.service


def ids(installation: Installation) -> dict[str, str]:
    """Return song id by title."""
    seed = installation.json("similar", "Low - Song 000", "--limit", "100")
    return {hit["title"]: hit["id"] for hit in seed["similar"]} | {"Song 000": seed["song"]}


def test_moved_vanished_and_back(installation, tmp_path):
    music, away = tmp_path / "music", tmp_path / "away"
    catalogue(music, 4)
    away.mkdir()
    assert installation.run("ingest", music).returncode == 0
    before = ids(installation)
    assert any((installation.home / "index").glob("*/*/gen-*")), "a generation is left behind, with everything in it"

    # moved within the folder: the same song, even where the vanished are pruned in the same run
    (music / "song001.flac").rename(music / "renamed.flac")
    assert installation.run("ingest", music, "--prune").returncode == 0
    assert ids(installation) == before

    # vanished: served, until it is pruned; back: a song again
    (music / "song002.flac").rename(away / "song002.flac")
    said = installation.run("ingest", music, "--dry-run").stderr
    assert "1 songs whose file is gone" in said
    assert "marked as missing and still served" in installation.run("ingest", music).stderr
    assert ids(installation) == before
    assert "deleted" in installation.run("ingest", music, "--prune").stderr
    assert set(ids(installation)) == set(before) - {"Song 002"}
    (away / "song002.flac").rename(music / "song002.flac")
    assert "1 songs committed" in installation.run("ingest", music).stderr
    assert set(ids(installation)) == set(before)


def test_another_database_never_sees_the_old_index(installation, tmp_path):
    catalogue(tmp_path / "a", 3)
    catalogue(tmp_path / "b", 6)
    assert installation.run("ingest", tmp_path / "a").returncode == 0
    for file in installation.home.glob("soundkin.db*"):
        file.unlink()
    assert installation.run("ingest", tmp_path / "b").returncode == 0
    assert len(ids(installation)) == 6
    shutil.rmtree(installation.home / "index")
    assert len(ids(installation)) == 6


def test_a_home_whose_folders_are_called_like_ours(installation, tmp_path):
    catalogue(tmp_path / "music", 2)
    for name in ("store", "api", "worker", "jobs"):
        (installation.home / name).mkdir()
        (installation.home / name / "__init__.py").write_text("raise SystemExit('not ours')")
    assert installation.run("ingest", tmp_path / "music").returncode == 0
    installation.start()
    assert len(installation.songs()) == 2
