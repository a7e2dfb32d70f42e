"""Bringing a database to the present schema, safely when several processes start at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from store import migrations
from store.database import Database

_LOCK = 0x736F756E646B696E  # "soundkin": the PostgreSQL advisory lock of whoever migrates


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at ``url`` to ``revision`` (an older one, or ``base``, goes back); raises StoreUnavailable."""
    database = Database.at(url)
    try:
        move_to(database, revision)
    finally:
        database.close()


def bring_up(database: Database) -> None:
    """Migrate to the newest schema, unless it is there already: then nothing is locked."""
    with database.read() as connection:
        if present(connection) == newest():
            return
    move_to(database, "head")


def move_to(database: Database, revision: str) -> None:
    """Run migrations in one transaction; others that would migrate wait, and then find nothing to do."""
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config = _config()
        config.attributes["connection"] = connection
        if _backwards(config, present(connection), revision):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def present(connection: Connection) -> str | None:
    """Return the revision that a database is at, ``None`` for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the revision that this version of the code works with."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    folder = Path(migrations.__file__).parent
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def _backwards(config: Config, have: str | None, want: str) -> bool:
    if want == "base":
        return True
    if want == "head" or have is None:
        return False
    older = {script.revision for script in ScriptDirectory.from_config(config).iterate_revisions(have, "base")}
    return want != have and want in older
