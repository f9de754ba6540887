"""What events and requests are about is checked of those of before, too."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step; it reads both tables and holds up nobody meanwhile."""
    for table in ("audit_events", "provisioning_requests"):
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_subject_kind_check")


def downgrade() -> None:
    """Take the step back: there is nothing to undo."""
