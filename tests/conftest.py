"""What every test may use."""

import os

import pytest
from hypothesis import settings

from services import postgres_session, postgres_url, redis_session, redis_url

__all__ = ["postgres_session", "postgres_url", "redis_session", "redis_url"]

settings.register_profile("house", deadline=None)  # how fast it is, is for the benchmarks to say
settings.register_profile("ci", settings.get_profile("house"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files; review them as a diff")


@pytest.fixture(scope="session")
def update_golden(request):
    """Whether golden files are to be rewritten."""
    return request.config.getoption("--update-golden")
