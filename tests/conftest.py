"""What every test may use."""

import os

import pytest
from hypothesis import Phase, settings

from services import postgres_session, postgres_url, redis_session, redis_url

__all__ = ["postgres_session", "postgres_url", "redis_session", "redis_url"]

# how fast it is, is for the benchmarks to say; and explaining a failure traces every line, which takes minutes
QUICK = [phase for phase in Phase if phase is not Phase.explain]
settings.register_profile("house", deadline=None, phases=QUICK)
settings.register_profile("ci", settings.get_profile("house"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files; review them as a diff")


@pytest.fixture(scope="session")
def update_golden(request):
    """Whether golden files are to be rewritten."""
    return request.config.getoption("--update-golden")
