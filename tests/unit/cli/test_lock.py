import subprocess
import sys

import pytest

from cli.lock import HomeLock
from songs.errors import HomeInUse

HOLD = """
import sys, time
from pathlib import Path
from cli.lock import HomeLock

with HomeLock(Path(sys.argv[1]), "a test"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_holder_is_told_who_the_first_is(tmp_path):
    with HomeLock(tmp_path, "soundkin up on port 8000"):
        with pytest.raises(HomeInUse, match="soundkin up on port 8000, process") as caught:
            HomeLock(tmp_path, "another").__enter__()
        assert caught.value.home == str(tmp_path)
    with HomeLock(tmp_path, "afterwards"):
        pass


def test_a_killed_holder_holds_nothing(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(HomeInUse, match="a test"):
        HomeLock(tmp_path, "second").__enter__()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with HomeLock(tmp_path, "third"):
        pass
