"""What a provisioning request changed, and what to do about it."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""


def downgrade() -> None:
    """Take the step back."""
