"""Alembic's environment: `database.migrate` passes the connection."""

from __future__ import annotations

from alembic import context

from stagedoor.connector.database import metadata
from stagedoor.connector.domains import CONNECTOR

CONNECTOR.import_tables()
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
