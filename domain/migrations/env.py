"""Alembic's entry: runs the steps on the connection that `migrate` hands over."""

from alembic import context

from domain.model.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transaction_per_migration=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
