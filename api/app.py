"""The application factory: collaborators in, a WSGI application out."""

import tempfile
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import flask_smorest  # type: ignore[import-untyped]
from flask import Flask, Request

from api import catalogue as catalogue_routes
from api import errors, page, probes, protection, tracing
from api import hearing as hearing_routes
from api import jobs as job_routes
from api import similar as similar_routes
from api import uploads as upload_routes
from api.access import SCHEME, Gate
from api.explanations import blueprint as explanation_routes
from api.json_provider import OrjsonProvider
from api.references import Reference, as_parameter, without_last_slash
from api.schemas import ProblemSchema
from api.settings import ApiSettings
from songs.explanation import Explanations
from songs.ports import Catalogue, JobStore, Keys, Library, Models, SongSearch

STATIC = Path(__file__).parent / "static"
OPENAPI = {
    "API_TITLE": "Soundkin",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
}


class _Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest without its own errors: ours are problem details."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Register none; ``api.errors`` does."""

    def _register_responses(self) -> None:
        """Document errors under their own media type."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE, usual = errors.CONTENT_TYPE, self.DEFAULT_RESPONSE_CONTENT_TYPE
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = usual


def create_app(  # noqa: PLR0913 - every collaborator by its name
    *,
    catalogue: Catalogue,
    library: Library,
    models: Models,
    index: SongSearch,
    jobs: JobStore,
    ledger: job_routes.CancellingLedger,
    keys: Keys,
    explanations: Explanations,
    keep: upload_routes.Keep,
    drop: Callable[[str], None],
    more_probes: Mapping[str, probes.Probe] | None = None,
    settings: ApiSettings,
) -> Flask:
    """Build the application around its collaborators; no environment is read.

    Parameters
    ----------
    keep : callable
        ``keep(stream, file name)`` stores an upload and returns its canonical source.
    drop : callable
        ``drop(source)`` removes the audio of such a source, and leaves every other alone.
    more_probes : mapping of str to callable, optional
        Further things that ``/readyz`` asks.
    """
    app = Flask("api", static_folder=str(STATIC), static_url_path="/static")
    app.request_class = _spooled(settings.spool)
    app.json = OrjsonProvider(app)
    app.config.from_mapping(OPENAPI, MAX_CONTENT_LENGTH=settings.max_upload)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # a path may hold two, and a redirect would be HTML
    app.url_map.converters["reference"] = Reference
    app.wsgi_app = without_last_slash(app.wsgi_app)  # type: ignore[assignment,method-assign]
    tracing.init_app(app)
    protection.init_app(app)
    errors.init_app(app)

    api = _documented(app)
    gate, most = Gate(keys), settings.max_results
    for routes in (
        catalogue_routes.blueprint(catalogue, library, drop, gate, most),
        hearing_routes.blueprint(catalogue, gate),
        similar_routes.blueprint(catalogue, index, models, gate, most),
        upload_routes.blueprint(keep, ledger, gate, settings.roots),
        job_routes.blueprint(jobs, ledger, gate, most),
        explanation_routes(catalogue, explanations, ledger, gate),
    ):
        api.register_blueprint(routes, url_prefix="/v1")
    app.register_blueprint(probes.blueprint({**probes.probes_of(models, index), **(more_probes or {})}))
    app.register_blueprint(page.blueprint(str(STATIC)))
    return app


def _documented(app: Flask) -> Any:
    api = _Api(
        app,
        spec_kwargs={"info": {"description": "More like this, for a music catalogue.", "version": version("soundkin")}},
    )
    api.register_converter(Reference, as_parameter)
    api.spec.components.security_scheme(SCHEME, {"type": "http", "scheme": "bearer"})
    return api


def _spooled(folder: Path | None) -> type[Request]:
    """Return a request whose uploads arrive in a folder, on the disk that will keep them, and not in memory."""

    class Spooled(Request):
        def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
            return tempfile.SpooledTemporaryFile(max_size=1 << 20, dir=None if folder is None else str(folder))

    return Spooled
