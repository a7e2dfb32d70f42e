import os
import subprocess
import sys
from pathlib import Path

from jobs.owner import owner, provably_dead


def named(pid):
    """Return the owner that another living process would call itself."""
    stat = Path(f"/proc/{pid}/stat").read_text()
    return f"{owner().split(':')[0]}:{pid}:{stat.rpartition(')')[2].split()[19]}"


def test_a_living_process_is_not_dead():
    assert not provably_dead(owner())
    assert owner().split(":")[1] == str(os.getpid())


def test_a_process_that_has_ended_is_dead_even_as_a_zombie():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = named(child.pid)
    assert not provably_dead(name)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert provably_dead(name), "a zombie works no more"
    child.stdin.close()
    child.wait()
    assert provably_dead(name)


def test_a_later_process_with_the_same_number_is_another():
    host, pid, started = owner().split(":")
    assert provably_dead(f"{host}:{pid}:{int(started) - 1}")


def test_nothing_is_proved_of_another_host_or_of_nonsense():
    _, pid, started = owner().split(":")
    for name in (f"elsewhere:{pid}:{int(started) - 1}", "", "x", "::", owner().split(":")[0] + ":nan:1"):
        assert not provably_dead(name)


def test_nothing_is_proved_without_proc(tmp_path):
    name = owner(tmp_path)
    assert name.count(":") == 2
    assert not provably_dead(name, tmp_path)
    assert not provably_dead(name.replace(str(os.getpid()), "999999999"), tmp_path)
