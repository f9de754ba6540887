"""The schema's history: Alembic steps, applied under one advisory lock by `migrate`."""

from domain.migrations.run import current_revision, head_revision, migrate

__all__ = ["current_revision", "head_revision", "migrate"]
