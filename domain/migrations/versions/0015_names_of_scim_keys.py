"""What a key of the provisioning endpoint is called."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step; keys that there are have no name, as have those of the version before."""
    op.add_column("scim_credentials", sa.Column("name", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take the step back; names are lost."""
    op.drop_column("scim_credentials", "name")
