"""What a provisioning request changed, and what to do about it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE = "provisioning_requests"
LISTS = ("warning_names", "changed_attributes")


def upgrade() -> None:
    """Apply the step; a constant default rewrites no row."""
    op.add_column(TABLE, sa.Column("error_code", sa.Text(), nullable=True))
    for name in LISTS:
        op.add_column(TABLE, sa.Column(name, ARRAY(sa.Text()), server_default="{}", nullable=False))


def downgrade() -> None:
    """Take the step back."""
    for name in ("error_code", *LISTS):
        op.drop_column(TABLE, name)
