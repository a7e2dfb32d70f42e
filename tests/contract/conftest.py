"""What the contracts of the stores share."""

import pytest

from stores import KINDS, MODEL, Paths, opened


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    """Return every kind of store in turn, with a model that serves."""
    one = opened(request.param, request, tmp_path, vanished=Paths())
    one.models.activate(MODEL)
    yield one
    one.close()
