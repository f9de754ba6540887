"""One action over many members, in the background."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OPERATIONS = "bulk_operations"
ITEMS = "bulk_operation_items"
_INSTANT = sa.DateTime(timezone=True)
_ACTIONS = (
    "'STAGE', 'INVITE', 'REINVITE', 'ACCEPT', 'CONFIRM', 'REVOKE', 'RESTORE', 'REMOVE',"
    " 'CHANGE_ROLE', 'UPDATE'"
)
_SUBJECTS = "'ORGANIZATION', 'MEMBER', 'GROUP', 'SCIM_CONNECTION', 'ACCESS_TOKEN'"


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        OPERATIONS,
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unchanged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("started_by_kind", sa.Text(), nullable=False),
        sa.Column("started_by_id", sa.UUID(), nullable=True),
        sa.Column("started_by_label", sa.Text(), nullable=False),
        sa.Column("started_by_ip", sa.Text(), nullable=True),
        sa.Column("started_origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.UUID(), nullable=False),
        sa.Column("correlation_id", sa.UUID(), nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT, nullable=True),
        sa.Column("settled_at", _INSTANT, nullable=True),
        sa.Column("items_removed_at", _INSTANT, nullable=True),
        sa.Column("leased_by", sa.UUID(), nullable=True),
        sa.Column("leased_until", _INSTANT, nullable=True),
        sa.CheckConstraint(f"action IN ({_ACTIONS})", name=op.f(f"{OPERATIONS}_action_check")),
        sa.CheckConstraint(
            "state IN ('QUEUED', 'RUNNING', 'FINISHED', 'CANCELLED', 'FAILED')",
            name=op.f(f"{OPERATIONS}_state_check"),
        ),
        sa.CheckConstraint(
            "started_by_kind IN ('MEMBER', 'ACCOUNT', 'ACCESS_TOKEN', 'SCIM_CONNECTION', 'SYSTEM_PROCESS')",
            name=op.f(f"{OPERATIONS}_started_by_kind_check"),
        ),
        sa.CheckConstraint(
            "started_origin IN ('SCIM', 'ADMIN_API', 'CONSOLE', 'CLI', 'SYSTEM')",
            name=op.f(f"{OPERATIONS}_started_origin_check"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f(f"{OPERATIONS}_organization_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"{OPERATIONS}_pkey")),
    )
    op.create_index(
        f"{OPERATIONS}_open_idx",
        OPERATIONS,
        ["organization_id", "id"],
        postgresql_where="settled_at IS NULL",
    )
    op.create_index(
        f"{OPERATIONS}_kept_idx",
        OPERATIONS,
        ["organization_id", "settled_at"],
        postgresql_where="settled_at IS NOT NULL AND items_removed_at IS NULL",
    )
    _create_items()
    _let_subjects_be(f"{_SUBJECTS}, 'BULK_OPERATION'")


def _create_items() -> None:
    op.create_table(
        ITEMS,
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("operation_id", sa.UUID(), nullable=False),
        sa.Column("member_id", sa.UUID(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('CHANGED', 'UNCHANGED', 'FAILED')", name=op.f(f"{ITEMS}_outcome_check")
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "operation_id", "member_id", name=op.f(f"{ITEMS}_pkey")
        ),
    )
    columns = ["organization_id", "operation_id", "member_id"]
    for name, where in (("open", "outcome IS NULL"), ("failed", "outcome = 'FAILED'")):
        op.create_index(f"{ITEMS}_{name}_idx", ITEMS, columns, postgresql_where=where)


def _let_subjects_be(words: str) -> None:
    """Say what events and requests may be about, without reading all that are there already.

    A later step reads them, without the lock that this one takes. On the way down history stays as
    it is.
    """
    for table in ("audit_events", "provisioning_requests"):
        name = f"{table}_subject_kind_check"
        op.drop_constraint(op.f(name), table)
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (subject_kind IN ({words})) NOT VALID"
        )


def downgrade() -> None:
    """Take the step back; what the operations did stays, and so do the events that tell of it."""
    _let_subjects_be(_SUBJECTS)
    for table in (ITEMS, OPERATIONS):
        op.drop_table(table)
