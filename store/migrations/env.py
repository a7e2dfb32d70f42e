"""What alembic runs: on the connection that ``store.schema`` hands over, or from the shell on DATABASE_URL."""

import os

from alembic import context
from sqlalchemy import Connection

from songs.errors import InvalidSettings
from store.database import Database
from store.tables import metadata


def run(connection: Connection) -> None:
    """Run the migrations that were asked for, on one connection."""
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def run_from_shell() -> None:
    """Open the database that the environment names."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise InvalidSettings(["DATABASE_URL: must name the database"])
    database = Database.at(url)
    with database.write() as connection:
        run(connection)
    database.close()


given: Connection | None = context.config.attributes.get("connection")
if given is None:
    run_from_shell()
else:
    run(given)
