"""Indexes for the pages of the admin API."""

revision = "0008"
down_revision = "0007a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""


def downgrade() -> None:
    """Take the step back."""
