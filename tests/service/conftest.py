import pytest

from installation import Installation


@pytest.fixture
def installation(tmp_path):
    """A Soundkin of one's own; whatever it started is gone afterwards."""
    home = tmp_path / "home"
    home.mkdir()
    one = Installation(home)
    yield one
    one.kill_everything()
