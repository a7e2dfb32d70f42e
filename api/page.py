"""The page at ``/``: a search box, the songs, and what sounds like them."""

from flask import Blueprint, Response, send_from_directory


def blueprint(folder: str) -> Blueprint:
    """Return the route of the page; ``folder`` holds its files."""
    routes = Blueprint("page", __name__)

    @routes.get("/")
    def page() -> Response:
        return send_from_directory(folder, "index.html")

    return routes
