"""What a person does first: make demo, on demo songs and on their own."""

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from installation import eventually, processes_of
from music import catalogue

pytestmark = pytest.mark.service
ROOT = Path(__file__).parents[2]


def test_demo_once_composes_its_own_songs(installation):
    first = installation.run("demo", "--once", "--port", installation.port)
    assert first.returncode == 0, first.stderr
    found = re.search(r"(\d+) songs committed, 0 unchanged, 0 failed", first.stderr)
    assert found, first.stderr
    assert int(found[1]) >= 40
    assert first.stdout.count("score") == 4
    assert f"http://127.0.0.1:{installation.port}" in first.stderr
    again = installation.run("demo", "--once", "--port", installation.port)
    assert f"0 songs committed, {found[1]} unchanged, 0 failed" in again.stderr
    assert again.stdout == first.stdout, "the same neighbours"
    eventually(lambda: not processes_of(installation.home), 20, "the demo's processes to end")


def test_demo_on_own_music_stays_up_until_interrupted(installation, tmp_path):
    catalogue(tmp_path / "music", 6)
    demo = subprocess.Popen(
        [sys.executable, "-m", "cli", "demo", "--music", str(tmp_path / "music"), "--port", str(installation.port)],
        env=installation.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
    )  # fmt: skip
    eventually(lambda: installation.status("/readyz") == 200, 60, "the demo's API")
    eventually(lambda: len(installation.songs()) == 6, 60, "its songs")
    with urllib.request.urlopen(f"http://127.0.0.1:{installation.port}/", timeout=10) as page:
        assert "Soundkin" in page.read().decode()
    demo.send_signal(signal.SIGINT)
    _, err = demo.communicate(timeout=40)
    assert demo.returncode == 0, err
    assert "Traceback" not in err
    eventually(lambda: not processes_of(installation.home), 20, "the demo's processes to end")


def test_a_folder_that_is_not_there(installation, tmp_path):
    done = installation.run("demo", "--music", tmp_path / "nope", "--once")
    assert done.returncode == 2
    assert "nope" in done.stderr


def test_make_demo(installation, tmp_path):
    catalogue(tmp_path / "music", 3)
    done = subprocess.run(
        ["make", "-C", str(ROOT), "demo", f"MUSIC={tmp_path}/music", f"HOME_DEMO={installation.home}", "ARGS=--once"],
        env=installation.environment(), capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "3 songs committed" in done.stderr
    assert "Low" in done.stdout
