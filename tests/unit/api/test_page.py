import re
from html.parser import HTMLParser
from pathlib import Path

STATIC = Path(__file__).parents[3] / "api" / "static"


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_page_loads_only_what_lies_beside_it(client):
    page = client.get("/")
    assert page.content_type.startswith("text/html")
    parser = Elements()
    parser.feed(page.text)
    loaded = [attrs.get("src") or attrs.get("href") for tag, attrs in parser.found if tag in {"script", "link", "img"}]
    assert len(loaded) >= 3
    for address in loaded:
        assert re.fullmatch(r"static/[a-z.]+", address)
        assert client.get(f"/{address}").status_code == 200


def test_the_page_obeys_its_own_policy():
    parser = Elements()
    parser.feed((STATIC / "index.html").read_text())
    for tag, attrs in parser.found:
        assert tag != "style"
        assert not [name for name in attrs if name == "style" or name.startswith("on")], (tag, attrs)
        assert tag != "script" or "src" in attrs
    script = (STATIC / "app.js").read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|setAttribute\(.style", script)
    assert not re.search(r"https?://(?!www\.w3\.org)", script + (STATIC / "app.css").read_text())
