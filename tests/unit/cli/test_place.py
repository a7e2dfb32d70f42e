import pytest

from cli.place import place
from songs.errors import InvalidSettings


def test_the_command_line_wins_over_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SOUNDKIN_PORT", "8111")
    monkeypatch.setenv("SOUNDKIN_HOME", str(tmp_path / "from-env"))
    assert place(None).settings.port == 8111
    here = place(tmp_path / "chosen", port=8222)
    assert here.settings.port == 8222
    assert here.home.root == tmp_path / "chosen"
    assert here.env["SOUNDKIN_HOME"] == str(tmp_path / "chosen"), "child processes get the same"
    assert here.env["SOUNDKIN_PORT"] == "8222"
    assert here.settings.database() == f"sqlite:///{tmp_path}/chosen/soundkin.db"


def test_without_a_choice_the_platforms_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("SOUNDKIN_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert place(None).home.root == tmp_path / "soundkin"


def test_every_problem_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("SOUNDKIN_HEARTBEAT", "-1")
    monkeypatch.setenv("SOUNDKIN_NONSENSE", "1")
    with pytest.raises(InvalidSettings) as caught:
        place(tmp_path, key="short", port=70000)
    assert len(caught.value.problems) >= 1
    assert "SOUNDKIN_NONSENSE: unknown setting" in caught.value.problems


def test_relative_paths_are_absolute_for_child_processes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///rel.db")
    monkeypatch.setenv("SOUNDKIN_BUNDLE", "own")
    monkeypatch.setenv("SOUNDKIN_ROOTS", "music:/more")
    here = place(tmp_path / "home")
    assert here.env["DATABASE_URL"] == here.settings.database() == f"sqlite:///{tmp_path}/rel.db"
    assert here.env["SOUNDKIN_BUNDLE"] == str(here.settings.bundle) == f"{tmp_path}/own"
    assert here.env["SOUNDKIN_ROOTS"] == f"{tmp_path}/music:/more"
