"""Indexes for what is rare among mails: tried in vain, and not reminded of yet."""

from alembic import op

from domain.migrations.statements import create_index_beside

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TRIED = "state = 'QUEUED' AND waits_since IS NOT NULL"
_INDEXES = (
    ("invitations_tried_idx", "invitations", ("organization_id", "waits_since"), _TRIED),
    ("mails_tried_idx", "mails", ("organization_id", "waits_since"), _TRIED),
    ("sign_in_links_tried_idx", "sign_in_links", ("waits_since",), _TRIED),
    (
        "invitations_unreminded_idx",
        "invitations",
        ("organization_id", "sent_at"),
        "state = 'SENT' AND reminded_at IS NULL",
    ),
)


def upgrade() -> None:
    """Apply the step; whatever part of it was done before is done again."""
    for name, table, columns, where in _INDEXES:
        create_index_beside(name, table, columns, where=where)


def downgrade() -> None:
    """Take the step back."""
    for name, table, _, where in reversed(_INDEXES):
        op.drop_index(name, table_name=table, postgresql_where=where)
