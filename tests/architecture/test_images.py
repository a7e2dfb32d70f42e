"""What can be told of the images and the compose file without an engine."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILES = sorted((ROOT / "docker").glob("*.Dockerfile"))
COMPOSE = (ROOT / "docker-compose.yml").read_text()
EXAMPLE = dict(
    line.split("=", 1) for line in (ROOT / "docker" / "example.env").read_text().splitlines() if re.match(r"\w+=", line)
)


def test_every_package_goes_into_the_images_and_nothing_else_does():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = {name.rstrip("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert packages <= {line[1:] for line in lines if line.startswith("!")}
    assert all((ROOT / line[1:]).exists() for line in lines if line.startswith("!"))


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_an_image_runs_as_nobody_special_and_gets_signals_itself(path):
    words = [line.split(maxsplit=1) for line in path.read_text().splitlines() if re.match(r"[A-Z]+ ", line)]
    last = dict(words)
    assert last["USER"] == "soundkin"
    assert [instruction for instruction, _ in words].index("USER") < [i for i, _ in words].index("ENTRYPOINT")
    assert last["ENTRYPOINT"].startswith("[")  # exec form: the process gets SIGTERM, no shell in between
    assert "constraints.txt" in path.read_text()


def test_there_are_two_images():
    assert [path.name for path in DOCKERFILES] == ["api.Dockerfile", "worker.Dockerfile"]
    assert {f"docker/{path.name}" for path in DOCKERFILES} == set(re.findall(r"dockerfile: (\S+)", COMPOSE))


def test_no_password_and_no_key_is_committed():
    assert EXAMPLE["POSTGRES_PASSWORD"] == ""
    assert EXAMPLE["SOUNDKIN_KEY"] == ""
    assert set(re.findall(r"\$\{POSTGRES_PASSWORD([^}]*)\}", COMPOSE)) == {":?set it in .env"}


def test_the_example_names_what_the_compose_file_asks_for():
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE))
    assert asked == set(EXAMPLE)


def test_nothing_is_published_beyond_this_machine():
    published = re.findall(
        r'"([^"]*:\d+)"\]?$', "\n".join(line for line in COMPOSE.splitlines() if "ports:" in line), re.MULTILINE
    )
    assert published == ["127.0.0.1:${PORT:-8000}:8000"]


def test_the_index_has_one_writer():
    index = COMPOSE.split("\n  index:\n")[1].split("\n\n")[0]
    assert '-Q, index, -c, "1"' in index
    assert "replicas" not in COMPOSE
