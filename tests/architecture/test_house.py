"""The rules of the house: each holds everywhere, and each finds an offence that is planted."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from architecture import house
from architecture.house import Source

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "songs", "embedder", "store", "indexer", "jobs", "recommender", "worker", "api", "cli", "synthesis", "studies",
    "evaluation",
)  # fmt: skip
# tables that are read as one list, and would only be harder to find in two places
MAY_BE_LONG: dict[str, str] = {"songs/errors.py": "every error of the house, each with its code"}

RULES = {
    house.broad_excepts: [
        "try:\n    f()\nexcept Exception:\n    pass\n",
        "try:\n    f()\nexcept:\n    raise\n",
        "try:\n    f()\nexcept (ValueError, BaseException) as e:\n    pass\n",
        "import builtins\ntry:\n    f()\nexcept builtins.Exception:\n    pass\n",
    ],
    house.imports_in_functions: [
        "def f():\n    import os\n",
        "class A:\n    async def f(self):\n        if self:\n            from os import path\n",
    ],
    house.globals_and_nonlocals: ["x = 1\ndef f():\n    global x\n    x = 2\n"],
    house.undocumented_names: [
        '"""Module."""\ndef f():\n    pass\n',
        '"""Module."""\nclass A:\n    """A class."""\n    def f(self):\n        pass\n',
        '"""Module."""\nclass A:\n    pass\n',
        "x = 1\n",
    ],
    house.long_modules: ["x = 1\n" * 301],
    house.long_functions: ["def f():\n" + "    x = 1\n" * 60],
    house.prints: ["print('hello')\n", "def f():\n    print()\n"],
    house.unsafe_loading: [
        "import pickle\n",
        "from joblib import load\n",
        "import numpy as np\nnp.load('x', allow_pickle=True)\n",
        "import numpy as np\nnp.load('x', allow_pickle=flag)\n",
        "yaml.load(text)\n",
        "eval('1')\n",
        "exec(text)\n",
    ],
}
INNOCENT = '''"""Module."""

import ast
import json

import numpy as np


class Thing:
    """A thing."""

    def __init__(self):
        self.count = 0

    def _private(self):
        return ast.literal_eval("1")

    @property
    def size(self):
        """Its size."""
        return self.count

    @size.setter
    def size(self, size):
        self.count = size


def table(path):
    """Read a table."""
    try:
        return np.load(path, allow_pickle=False), json.load(path), re.compile("x")
    except (OSError, ValueError) as error:
        raise KeyError from error


def outer():
    """Count."""
    count = 0

    def inner():
        nonlocal count
        count += 1

    return inner
'''


def modules() -> list[Source]:
    """Return all modules of the packages that are there; migrations, which are history, are left out."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            place = path.relative_to(ROOT)
            if "__pycache__" not in place.parts and "versions" not in place.parts:
                found.append(Source(place, path.read_text(encoding="utf-8")))
    return found


def text_files() -> list[Path]:
    """Return what is, or would be, committed: tracked files, and untracked ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout.decode().split("\0")  # fmt: skip
    return [Path(name) for name in sorted(set(listed)) if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str | None:
    """Return the text of a file, ``None`` for a binary one."""
    data = (ROOT / path).read_bytes()
    if b"\0" in data[:8000]:
        return None
    return data.decode("utf-8", errors="replace")


def told(offences: list[str]) -> str:
    return "\n" + "\n".join(offences)


def test_there_are_modules_to_judge():
    assert {source.path.parts[0] for source in modules()} >= {"songs", "synthesis"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_holds_everywhere(rule):
    offences = [offence for source in modules() for offence in rule(source)]
    if rule is house.long_modules:
        offences = [offence for offence in offences if offence.split()[0] not in MAY_BE_LONG]
    assert not offences, told(offences)


@pytest.mark.parametrize(("rule", "planted"), [(rule, text) for rule, texts in RULES.items() for text in texts])
def test_rule_finds_a_planted_offence(rule, planted):
    assert list(rule(Source(Path("songs/planted.py"), planted)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_leaves_good_code_alone(rule):
    assert not list(rule(Source(Path("songs/fine.py"), INNOCENT)))


def test_who_may_be_long_is():
    """An exception that is no longer needed must go."""
    needed = {str(source.path) for source in modules() if list(house.long_modules(source))}
    assert set(MAY_BE_LONG) <= needed


@pytest.mark.parametrize("path", ["cli/listening.py", "worker/__main__.py"])
def test_commands_may_print(path):
    assert not list(house.prints(Source(Path(path), "print('hello')\n")))


def test_no_module_has_a_vague_name():
    offences = [offence for source in modules() for offence in house.vague_module_names(source)]
    assert not offences, told(offences)


@pytest.mark.parametrize("path", ["api/utils.py", "common/x.py", "songs/audio_helpers.py", "worker/job_manager.py"])
def test_vague_names_are_found(path):
    assert list(house.vague_module_names(Source(Path(path), "")))


@pytest.mark.parametrize("path", ["songs/vectors.py", "recommender/diversity.py", "api/commons_licence.py"])
def test_nouns_are_not_vague(path):
    assert not list(house.vague_module_names(Source(Path(path), "")))


@pytest.mark.parametrize("rule", [house.machine_paths, house.private_addresses], ids=lambda rule: rule.__name__)
def test_no_committed_text_names_a_machine(rule):
    offences = []
    for path in text_files():
        if path.parts[:2] != ("tests", "architecture"):  # these plant offences
            offences += rule(path, text_of(path) or "")
    assert not offences, told(offences)


@pytest.mark.parametrize(
    ("rule", "planted"),
    [
        (house.machine_paths, 'HOME = "/home/ann/music"'),
        (house.machine_paths, "see /work/main/songs"),
        (house.machine_paths, "(/Users/ann/x)"),
        (house.private_addresses, "url = https://pypi.example.com/simple"),
        (house.private_addresses, '"resolved": "http://registry.intranet/left-pad"'),
    ],
)
def test_machine_names_are_found(rule, planted):
    assert list(rule(Path("x.md"), planted))


@pytest.mark.parametrize(
    "fine",
    [
        "https://example.com/home/page",
        "~/home/x",
        "$ROOT/work/x",
        "src/work/x",
        "https://pypi.org/project/soundkin",
        "home/ann",
        "POST /home",
    ],
)
def test_other_text_is_left_alone(fine):
    assert not list(house.machine_paths(Path("x.md"), fine))
    assert not list(house.private_addresses(Path("x.md"), fine))


def test_lock_files_carry_no_index_address():
    locks = [
        path
        for path in text_files()
        if path.name in {"constraints.txt", "package-lock.json"} or path.match("requirements*.txt")
    ]
    offences = [offence for path in locks for offence in house.index_addresses(path, text_of(path) or "")]
    assert not offences, told(offences)


@pytest.mark.parametrize(
    "planted",
    [
        "-i https://x/simple\nnumpy==2.0",
        "numpy==2.0\n--extra-index-url https://x",
        "--find-links /x",
        "numpy @ file:///x.whl",
    ],
)
def test_index_addresses_are_found(planted):
    assert list(house.index_addresses(Path("constraints.txt"), planted))


def test_exact_versions_are_no_index_address():
    assert not list(house.index_addresses(Path("constraints.txt"), "# made by: make lock\nnumpy==2.4.6\nsome-i==1.0\n"))


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent)) or "lint-imports"
    return subprocess.run([command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_import_contracts_hold():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_import_contracts_find_a_planted_offence(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        if (ROOT / package).is_dir():
            shutil.copytree(
                ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.onnx", "*.npz", "__pycache__")
            )
    with (tmp_path / "songs" / "vectors.py").open("a") as file:
        file.write("\nimport synthesis.signals\n")
    done = lint_imports(tmp_path)
    assert done.returncode != 0
    assert "songs.vectors -> synthesis.signals" in done.stdout
