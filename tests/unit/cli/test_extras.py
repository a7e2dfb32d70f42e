import subprocess
import sys

import pytest

from cli.extras import load
from songs.errors import MissingExtra


def test_a_module_that_can_be_had_is_had():
    assert load("songs.vectors", "worker").DIMENSIONS == 128


def test_a_missing_package_is_named_with_the_extra_that_brings_it():
    with pytest.raises(MissingExtra, match=r"soundkin\[train\]"):
        load("package_that_nobody_has", "train")


def test_a_missing_module_of_ours_is_a_fault_and_no_extra():
    with pytest.raises(ModuleNotFoundError, match=r"songs\.nothing"):
        load("songs.nothing", "train")


def test_the_quick_evaluation_does_without_the_extra_of_the_full_one():
    code = "import sys, cli.commands.evaluate; sys.exit(bool({'sklearn', 'matplotlib', 'librosa'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
