"""When the history was verified last, and how far; what states of the past are found by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MEMBERSHIP_EVENTS = (
    "position IS NOT NULL"
    " AND action IN ('group.members_changed', 'group.deleted', 'member.removed')"
)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "audit_verifications",
        sa.Column("organization_id", UUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("broken_at", sa.BigInteger(), nullable=True),
        sa.Column("again_position", sa.BigInteger(), nullable=True),
        sa.Column("again_hash", sa.LargeBinary(), nullable=True),
        sa.Column("again_occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("again_began_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name="audit_verifications_pkey"),
    )
    op.create_table(
        "released_names",
        sa.Column("organization_id", UUID(), nullable=False),
        sa.Column("kind", sa.String(collation="C"), nullable=False),
        sa.Column("key", sa.String(collation="C"), nullable=False),
        sa.Column("event_id", UUID(), nullable=False),
        sa.Column("subject_id", UUID(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organization_id", "kind", "key", "event_id", name="released_names_pkey"
        ),
    )
    op.create_index(
        "audit_events_membership_idx",
        "audit_events",
        ["organization_id", "sequence"],
        unique=False,
        postgresql_where=MEMBERSHIP_EVENTS,
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_index(
        "audit_events_membership_idx",
        table_name="audit_events",
        postgresql_where=MEMBERSHIP_EVENTS,
    )
    op.drop_table("released_names")
    op.drop_table("audit_verifications")
