"""The README's commands, executed as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from music import catalogue

pytestmark = pytest.mark.service
ROOT = Path(__file__).parents[2]


def blocks(text: str) -> list[str]:
    """Return the commands of the shell blocks, without comments."""
    found = re.findall(r"^\$ (.+)$", text, flags=re.MULTILINE)
    return [re.sub(r"\s+#.*", "", line) for line in found]


def test_the_readme_runs(installation, tmp_path):
    commands = blocks((ROOT / "README.md").read_text())
    assert [c.split()[0] for c in commands] == [
        "make",
        ".venv/bin/soundkin",
        ".venv/bin/soundkin",
        ".venv/bin/soundkin",
        "curl",
    ]
    music = tmp_path / "Music"
    catalogue(music, 3)
    installation.start()  # `soundkin up`, on a port and a home of the test
    for command in commands:
        if command.startswith("make setup") or command.endswith(" up"):
            continue  # this very test runs in what make setup made, and up runs already
        own = (
            command.replace(".venv/bin/soundkin", f"{sys.executable} -m cli")
            .replace("~/Music", str(music))
            .replace("Artist - Title", "Low - Song 000")
            .replace("8000", str(installation.port))
            .replace("q=title", "q=song")
        )
        done = subprocess.run(
            own, shell=True, env=installation.environment(), capture_output=True, text=True, cwd=ROOT, check=False
        )
        assert done.returncode == 0, (command, done.stderr)
        assert "Song 00" in done.stdout or "3 songs committed" in done.stderr, (command, done.stdout)


def test_the_make_targets_of_the_readme_exist():
    text = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"make ([a-z-]+)", text))
    assert {"demo", "test", "setup"} <= targets
    for target in sorted(targets):
        done = subprocess.run(
            ["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ
        )
        assert done.returncode == 0, done.stderr


def test_links_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text()
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if not target.startswith("http"):
                assert (ROOT / target).exists(), (name, target)
