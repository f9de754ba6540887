"""What the deprovision guard counts and holds."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""


def downgrade() -> None:
    """Take the step back."""
