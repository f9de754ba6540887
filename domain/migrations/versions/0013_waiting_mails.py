"""Since when a mail waits that was tried in vain, and whether an invitation was reminded of."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_OUTBOXES = ("invitations", "mails", "sign_in_links")


def upgrade() -> None:
    """Apply the step."""
    for table in _OUTBOXES:
        op.add_column(table, sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "invitations", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_column("invitations", "reminded_at")
    for table in reversed(_OUTBOXES):
        op.drop_column(table, "waits_since")
