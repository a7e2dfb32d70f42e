import os
import socket
import sys
import time

import pytest

from cli import crew
from cli.crew import Crew, Role, free_port, ingest_role, web_role
from cli.place import place
from songs.errors import PortTaken, ProcessKeepsDying

SLEEPER = (sys.executable, "-c", "import time; print('began', flush=True); time.sleep(60)")


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_members_are_restarted_and_ended_together(tmp_path, monkeypatch):
    monkeypatch.setattr(crew, "RESTART_AFTER", 0.0)
    roles = (Role("a", SLEEPER), Role("b", SLEEPER))
    with Crew(place(tmp_path), roles) as running:
        first = running.pids()
        assert running.tend() == []
        os.kill(first["a"], 9)
        deadline = time.monotonic() + 5
        while "a" not in running.tend():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        second = running.pids()
        assert second["a"] != first["a"]
        assert second["b"] == first["b"]
    assert all(gone(pid) for pid in second.values())
    assert (tmp_path / "logs" / "a.log").exists()


def test_a_member_that_dies_at_once_is_not_started_in_a_whirl(tmp_path):
    with Crew(place(tmp_path), (Role("a", (sys.executable, "-c", "raise SystemExit(1)")),)) as running:
        time.sleep(0.3)
        assert running.tend() == [], "not within RESTART_AFTER seconds of its start"


def test_a_port_that_is_taken_is_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)):
            free_port(port)
    assert free_port(0) > 0


def test_roles_say_what_they_run():
    assert "-c 3" in " ".join(ingest_role(3).command)
    assert "127.0.0.1:8123" in web_role(8123).command


def test_a_member_that_keeps_dying_is_named_with_its_last_words(tmp_path, monkeypatch):
    monkeypatch.setattr(crew, "RESTART_AFTER", 0.0)
    says = (sys.executable, "-c", "raise SystemExit('no such bundle')")
    with Crew(place(tmp_path), (Role("worker", says),)) as running:
        with pytest.raises(ProcessKeepsDying) as caught:
            tend_for(running, seconds=20)
        assert (caught.value.name, caught.value.last) == ("worker", "no such bundle")


def tend_for(running, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        running.tend()
        time.sleep(0.02)
