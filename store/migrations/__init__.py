"""Migrations of the schema, run by ``store.schema.migrate``, or by ``alembic`` from the shell."""
