"""flask-smorest's blueprint with types and our habits: strict queries, problems as errors."""

from collections.abc import Callable
from typing import Any

import flask_smorest  # type: ignore[import-untyped]
from marshmallow import Schema

from api.access import SCHEME

View = Callable[..., Any]
Decorator = Callable[[View], View]


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A group of routes that document themselves."""

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, __name__, description=description)

    def at(self, rule: str, method: str = "GET") -> Decorator:
        """Route one method of one address to a view."""
        return self.route(rule, methods=[method])  # type: ignore[no-any-return]

    def query(self, schema: type[Schema]) -> Decorator:
        """Give the view the query as a dictionary; a parameter that we do not know is an error, not a wish ignored."""
        return self.arguments(schema, location="query", unknown="raise")  # type: ignore[no-any-return]

    def body(self, schema: type[Schema]) -> Decorator:
        """Give the view the JSON of the request as a dictionary; a member that we do not know is an error."""
        return self.arguments(schema, location="json", unknown="raise")  # type: ignore[no-any-return]

    def answers(self, status: int, schema: type[Schema] | None = None, **more: Any) -> Decorator:
        """Dump what the view returns, and document it."""
        return self.response(status, schema, **more)  # type: ignore[no-any-return]

    def needs_key(self, **more: Any) -> Decorator:
        """Document that a view writes; ``Gate.writing`` is what refuses."""
        return self.doc(security=[{SCHEME: []}], **more)  # type: ignore[no-any-return]
