"""Every decision has a page, every page is listed, and every link leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORDS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
DOCUMENTS = [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs" / "adr").glob("*.md"))]


def test_numbers_have_no_gap():
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))
    assert len(RECORDS) >= 11


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_fits_a_page_and_says_why_what_and_at_what_cost(path):
    text = path.read_text()
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert len(text.splitlines()) <= 45
    for part in ("**Context.**", "**Decision", "**Consequences**", "costs"):
        assert part.lower() in text.lower(), part
    assert f"({path.name})" in (path.parent / "README.md").read_text()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target
