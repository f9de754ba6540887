"""An index for the order of members by when they accepted."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_index(
        "members_accepted_idx",
        "members",
        ["organization_id", "accepted_at", "id"],
        unique=False,
        postgresql_where="accepted_at IS NOT NULL",
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_index(
        "members_accepted_idx", table_name="members", postgresql_where="accepted_at IS NOT NULL"
    )
