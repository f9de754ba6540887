"""An index for the part of a member's timeline that was asked in vain."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEX = "provisioning_requests_unapplied_idx"
TABLE = "provisioning_requests"
WHERE = "outcome <> 'APPLIED' AND operation <> 'READ'"


def upgrade() -> None:
    """Apply the step."""
    columns = ["organization_id", "subject_id", "received_at", "position"]
    op.create_index(INDEX, TABLE, columns, unique=False, postgresql_where=WHERE)


def downgrade() -> None:
    """Take the step back."""
    op.drop_index(INDEX, table_name=TABLE, postgresql_where=WHERE)
