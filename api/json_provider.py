"""JSON by orjson: what Flask answers with and reads."""

from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider


class OrjsonProvider(JSONProvider):
    """Several times faster than the standard library; numbers that are not finite become ``null``."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Return JSON text; ``indent`` of any depth is two spaces."""
        return orjson.dumps(obj, option=orjson.OPT_INDENT_2 if kwargs.get("indent") else None).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read JSON; raises ValueError."""
        del kwargs
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Answer with JSON, without a detour over text."""
        content = orjson.dumps(self._prepare_response_obj(args, kwargs))
        return Response(content, mimetype="application/json")
