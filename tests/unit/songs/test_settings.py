"""Settings come from the environment, typed, and every problem is told at once."""

import logging
from dataclasses import FrozenInstanceError, dataclass, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songs.errors import InvalidSettings
from songs.settings import Home, Settings, from_env, settings_from_env, valid_key

KEY = "a-key-of-some-length"


def problems(env):
    with pytest.raises(InvalidSettings) as caught:
        settings_from_env(env)
    return caught.value.problems


def test_an_empty_environment_is_the_defaults():
    assert settings_from_env({}) == Settings()


def test_strangers_in_the_environment_are_no_business_of_ours():
    assert settings_from_env({"PATH": "/bin", "PORT": "what", "SOUND": "1"}) == Settings()


def test_every_kind_of_value():
    settings = settings_from_env(
        {
            "SOUNDKIN_HOME": "/srv/music",
            "SOUNDKIN_PORT": "9000",
            "SOUNDKIN_KEY": KEY,
            "SOUNDKIN_HEARTBEAT": "2.5",
            "SOUNDKIN_KEEP_AUDIO": "0",
            "DATABASE_URL": "postgresql://db",
            "REDIS_URL": "redis://r",
            "SOUNDKIN_ROOTS": "/music:/more music",
        }
    )
    assert settings.roots == (Path("/music"), Path("/more music"))
    assert (settings.home, settings.port, settings.key) == (Path("/srv/music"), 9000, KEY)
    assert (settings.heartbeat, settings.keep_audio) == (2.5, False)
    assert (settings.database_url, settings.redis_url) == ("postgresql://db", "redis://r")


def test_another_index_is_not_silently_ignored():
    with pytest.raises(InvalidSettings, match="INDEX_URL: this version has the built-in index only"):
        settings_from_env({"INDEX_URL": "milvus://localhost"})


def test_a_variable_that_is_empty_is_not_set():
    assert settings_from_env({"SOUNDKIN_PORT": "", "DATABASE_URL": "", "SOUNDKIN_KEY": ""}) == Settings()


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("true", True), ("YES", True), ("0", False), ("False", False), ("no", False)]
)
def test_yes_and_no(text, value):
    assert settings_from_env({"SOUNDKIN_KEEP_AUDIO": text}).keep_audio is value


def test_all_problems_at_once_of_every_kind():
    found = problems(
        {
            "SOUNDKIN_PORT": "fast",
            "SOUNDKIN_PROT": "1",
            "SOUNDKIN_KEEP_AUDIO": "maybe",
            "SOUNDKIN_HEARTBEAT": "-1",
            "SOUNDKIN_KEY": "short",
            "SOUNDKIN_WORKERS": "-2",
        }
    )
    assert found == [
        "SOUNDKIN_PORT: 'fast' is not of type int",
        "SOUNDKIN_PROT: unknown setting",
        "SOUNDKIN_KEEP_AUDIO: 'maybe' is not of type bool",
        "SOUNDKIN_HEARTBEAT: must be above 0",
        "SOUNDKIN_WORKERS: must be 0 or more",
        "SOUNDKIN_KEY: a key is 16 to 256 visible ASCII characters",
    ]


@pytest.mark.parametrize("text", ["0", "-1", "nan", "-inf", "inf"])
@pytest.mark.parametrize("name", ["SOUNDKIN_HEARTBEAT", "SOUNDKIN_SWEEP", "SOUNDKIN_MAX_SECONDS"])
def test_times_are_finite_and_above_zero(name, text):
    assert problems({name: text}) == [f"{name}: must be above 0"]


@pytest.mark.parametrize("name", ["WEB_WORKERS", "MAX_ATTEMPTS", "MAX_UPLOAD", "TASK_SECONDS"])
def test_counts_are_above_zero(name):
    assert problems({f"SOUNDKIN_{name}": "0"}) == [f"SOUNDKIN_{name}: must be above 0"]


@pytest.mark.parametrize(("port", "fine"), [("0", True), ("65535", True), ("65536", False), ("-1", False)])
def test_ports(port, fine):
    if fine:
        assert settings_from_env({"SOUNDKIN_PORT": port}).port == int(port)
    else:
        assert problems({"SOUNDKIN_PORT": port}) == ["SOUNDKIN_PORT: must be 0 to 65535"]


def test_the_log_level_is_one_that_logging_knows():
    assert problems({"SOUNDKIN_LOG_LEVEL": "LOUD"}) == [
        "SOUNDKIN_LOG_LEVEL: must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL"
    ]
    for level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        assert settings_from_env({"SOUNDKIN_LOG_LEVEL": level}).log_level in logging.getLevelNamesMapping()


def test_audio_settings_are_not_the_environments_business():
    assert problems({"SOUNDKIN_SAMPLE_RATE": "44100"}) == ["SOUNDKIN_SAMPLE_RATE: unknown setting"]


def test_secrets_are_not_shown():
    shown = repr(
        settings_from_env(
            {"SOUNDKIN_KEY": KEY, "DATABASE_URL": "postgresql://u:secret@h/d", "REDIS_URL": "redis://:pw@h"}
        )
    )
    assert KEY not in shown
    assert "secret" not in shown
    assert "pw" not in shown
    assert KEY[:10] not in str(problems({"SOUNDKIN_KEY": KEY[:10]}))


def test_settings_are_frozen():
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1


def test_every_setting_has_a_default_that_is_valid():
    defaults = {
        f"SOUNDKIN_{f.name.upper()}": str(getattr(Settings(), f.name))
        for f in fields(Settings)
        if "env" not in f.metadata
    }
    set_ones = {name: text for name, text in defaults.items() if text not in {"None", "()"}}
    assert settings_from_env(set_ones) == Settings()


def test_other_settings_use_the_same_reader():
    @dataclass(frozen=True)
    class Stove:
        heat: float = 1.5
        name: str | None = None

    assert from_env(Stove, {"STOVE_HEAT": "3"}, "STOVE_") == Stove(3.0)
    with pytest.raises(InvalidSettings, match="STOVE_HEAT: 'hot' is not of type float; STOVE_COLD: unknown setting"):
        from_env(Stove, {"STOVE_HEAT": "hot", "STOVE_COLD": "1"}, "STOVE_")


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=16, max_size=256))
def test_visible_ascii_of_the_right_length_is_a_key(key):
    assert valid_key(key)


@pytest.mark.parametrize("key", ["", "x" * 15, "x" * 257, "x" * 15 + " ", "x" * 16 + "\n", "x" * 16 + "é", "\x7f" * 16])
def test_what_is_no_key(key):
    assert not valid_key(key)


def test_the_home_holds_everything():
    home = Settings(home=Path("/srv/soundkin")).place()
    assert home == Home(Path("/srv/soundkin"))
    places = [home.database, home.index, home.audio, home.broker, home.logs]
    assert len(set(places)) == 5
    assert {place.parent for place in places} == {home.root}


def test_a_relative_home_becomes_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert Settings(home=Path("here")).place().root == tmp_path / "here"


def test_without_a_home_there_is_no_place():
    with pytest.raises(InvalidSettings, match="SOUNDKIN_HOME"):
        Settings().place()


def test_the_database_is_the_configured_one_or_sqlite_at_home():
    assert Settings(database_url="postgresql://db").database() == "postgresql://db"
    assert Settings(home=Path("/srv")).database() == "sqlite:////srv/soundkin.db"
