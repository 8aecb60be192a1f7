"""Alembic's entry: runs the revisions on the connection it is given."""

from __future__ import annotations

from alembic import context

from certsvc.adapters import access_schema, decision_schema, ledger_schema, schema

assert all(module.metadata is schema.metadata for module in (access_schema, decision_schema, ledger_schema))

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=schema.metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
