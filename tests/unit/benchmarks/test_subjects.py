"""Which subjects there are, and which can run."""

from importlib.util import find_spec

import pytest
import soundfile

from benchmarks import sound, subjects
from benchmarks.memory import resident
from benchmarks.startup import started
from benchmarks.subjects import SUBJECTS, Subject, lines, missing


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_subject_has_a_module(name):
    assert find_spec(SUBJECTS[name].module) is not None


def test_a_subject_wants_its_packages_and_its_processor(tmp_path):
    (tmp_path / "cpuinfo").write_text("flags : fpu amx_bf16 sse\n")
    assert missing(Subject("m", ("json",), "amx_bf16"), tmp_path / "cpuinfo") is None
    assert missing(Subject("m", ("json", "no_such_package"))) == "no package no_such_package"
    assert missing(Subject("m", (), "amx_int8"), tmp_path / "cpuinfo") == "the processor has no amx_int8"


def test_where_a_subject_cannot_run_its_lines_have_no_verdict(monkeypatch):
    absent = Subject("no.module", ("no_such_package",), instead=(("one", 4.0), ("two", 2.0)))
    monkeypatch.setattr(subjects, "SUBJECTS", {"absent": absent})
    assert [(line.name, line.goal, line.ok) for line in lines("absent")] == [("one", 4.0, None), ("two", 2.0, None)]


def test_music_by_formula_is_as_long_as_it_is_asked_to_be(tmp_path, monkeypatch):
    monkeypatch.setattr(sound, "FORMATS", tmp_path / "none")
    monkeypatch.setattr(sound, "MINUTE", 2)
    for path, seconds in ((sound.minute(tmp_path), 2), (sound.minutes(tmp_path, 2), 4), (sound.short(tmp_path, 3), 11)):
        found = soundfile.info(path)
        assert found.duration == pytest.approx(seconds, abs=0.1)
        assert found.channels == (2 if path.suffix == ".mp3" else 1)


def test_a_process_is_measured():
    idle, busy = started("pass"), started("x = b'x' * 400_000_000; sum(range(3_000_000))")
    assert idle[0] < busy[0]
    assert busy[1] > 350
    assert resident() > 10
