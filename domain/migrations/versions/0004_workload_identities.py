"""Clients that prove themselves by a signed assertion."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""


def downgrade() -> None:
    """Take the step back."""
