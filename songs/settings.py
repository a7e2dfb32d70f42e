"""What an operator may choose, read from the environment once, in a composition root, and passed on frozen.

How sound becomes images is not here: it travels in the model bundle and nothing in the environment can change it.
"""

import math
import os
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from songs.errors import InvalidKey, InvalidSettings

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds all state of one installation."""

    root: Path

    @property
    def database(self) -> Path:
        """SQLite file, where no other database is configured."""
        return self.root / "soundkin.db"

    @property
    def index(self) -> Path:
        """Generations of the index; may be deleted at any time."""
        return self.root / "index"

    @property
    def audio(self) -> Path:
        """Uploads, by sha256."""
        return self.root / "audio"

    @property
    def broker(self) -> Path:
        """Messages, where no Redis is configured."""
        return self.root / "broker"

    @property
    def logs(self) -> Path:
        """Logs of the processes that ``up`` starts."""
        return self.root / "logs"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one installation; a field is the variable ``SOUNDKIN_<FIELD>`` unless it names its own."""

    home: Path | None = None  # folder that holds all state; None: the platform's data folder
    port: int = 8000  # TCP, of the web process
    key: str | None = field(default=None, repr=False)  # becomes the admin key on first start
    database_url: str | None = field(default=None, repr=False, metadata={"env": "DATABASE_URL"})  # None: SQLite in home
    redis_url: str | None = field(default=None, repr=False, metadata={"env": "REDIS_URL"})  # None: a folder
    index_url: str | None = field(default=None, repr=False, metadata={"env": "INDEX_URL"})  # None: FAISS in home
    bundle: Path | None = None  # folder of a model bundle; None: the one that is shipped
    workers: int = 0  # ingest worker processes; 0: one a core, at most 4
    web_workers: int = 2  # gunicorn processes
    keep_audio: bool = True  # uploads are kept in home/audio; False: dropped after analysis
    heartbeat: float = 30.0  # seconds without a sign of life after which a running job is taken from its worker
    sweep: float = 30.0  # seconds between two looks of the sweeper
    max_attempts: int = 5  # how often a job may lose its worker before it is dead
    max_seconds: float = 4 * 3600.0  # longest recording
    max_upload: int = 512 * 1024 * 1024  # bytes of one request
    roots: tuple[Path, ...] = ()  # folders whose files a request may name by path, separated by ":"; none: no path may
    private_addresses: bool = False  # whether addresses inside the own network may be fetched
    task_seconds: int = 600  # a task that takes longer loses its worker
    log_level: str = "INFO"

    def place(self) -> Home:
        """Return the folder of all state; raises InvalidSettings where none is named."""
        if self.home is None:
            raise InvalidSettings(["SOUNDKIN_HOME: must name the folder that holds all state"])
        return Home(self.home.absolute())

    def database(self) -> str:
        """Return the address of the database: the configured one, else SQLite in the home."""
        return self.database_url or f"sqlite:///{self.place().database}"


def from_env(cls: type[S], env: Mapping[str, str], prefix: str) -> S:
    """Build frozen settings from an environment.

    Raises
    ------
    InvalidSettings
        With every problem at once: values of another type, unknown names that begin with ``prefix``.
    """
    values, problems = _values(cls, env, prefix)
    if problems:
        raise InvalidSettings(problems)
    return cls(**values)


def settings_from_env(env: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings of this process; raises InvalidSettings with every problem."""
    values, problems = _values(Settings, env, "SOUNDKIN_")
    settings = Settings(**values)
    problems += [
        f"SOUNDKIN_{name.upper()}: must be above 0" for name in _POSITIVE if not _positive(getattr(settings, name))
    ]
    problems += [] if settings.workers >= 0 else ["SOUNDKIN_WORKERS: must be 0 or more"]
    problems += [] if settings.index_url is None else ["INDEX_URL: this version has the built-in index only; unset it"]
    problems += [] if 0 <= settings.port < 65536 else ["SOUNDKIN_PORT: must be 0 to 65535"]
    problems += (
        [] if settings.log_level in _LOG_LEVELS else [f"SOUNDKIN_LOG_LEVEL: must be one of {', '.join(_LOG_LEVELS)}"]
    )
    if settings.key is not None and not valid_key(settings.key):
        problems.append(f"SOUNDKIN_KEY: {InvalidKey()}")
    if problems:
        raise InvalidSettings(problems)
    return settings


_POSITIVE = ("web_workers", "heartbeat", "sweep", "max_attempts", "max_seconds", "max_upload", "task_seconds")
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def valid_key(key: str) -> bool:
    """Tell whether ``key`` is 16 to 256 visible ASCII characters."""
    return 16 <= len(key) <= 256 and all("!" <= c <= "~" for c in key)


def _values(cls: type[Any], env: Mapping[str, str], prefix: str) -> tuple[dict[str, Any], list[str]]:
    """Return what could be read, and what is wrong with the rest."""
    hints = get_type_hints(cls)
    names = {f.metadata.get("env", prefix + f.name.upper()): f.name for f in fields(cls)}
    values: dict[str, Any] = {}
    problems = []
    for name, text in env.items():
        if name in names:
            if text == "":
                continue  # compose files pass unset variables as empty
            kind = _plain(hints[names[name]])
            try:
                values[names[name]] = _parse(kind, text)
            except ValueError:
                problems.append(f"{name}: {text!r} is not of type {kind.__name__}")
        elif name.startswith(prefix):
            problems.append(f"{name}: unknown setting")
    return values, problems


def _positive(number: float) -> bool:
    return 0 < number < math.inf  # false of NaN too


def _plain(hint: Any) -> type:
    if get_origin(hint) in (Union, types.UnionType):
        return next(kind for kind in get_args(hint) if kind is not type(None))  # type: ignore[no-any-return]
    return tuple if get_origin(hint) is tuple else hint


def _parse(kind: type, text: str) -> Any:
    if kind is bool:
        if text.lower() not in {"0", "1", "true", "false", "yes", "no"}:
            raise ValueError(text)
        return text.lower() in {"1", "true", "yes"}
    if kind is tuple:
        return tuple(Path(part) for part in text.split(os.pathsep) if part)
    return kind(text)
