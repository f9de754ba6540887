"""Indexes for the pages of the admin API: of what is rare, so that writing stays cheap."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INDEXES = (
    ("members_role_idx", "members", ("role", "id"), "role <> 'USER'"),
    ("members_source_idx", "members", ("source", "id"), "source <> 'SCIM'"),
    ("audit_events_origin_idx", "audit_events", ("origin", "position"), "position IS NOT NULL"),
    (
        "provisioning_requests_write_idx",
        "provisioning_requests",
        ("operation", "position"),
        "operation <> 'READ' AND operation <> 'SEARCH'",
    ),
    (
        "provisioning_requests_status_idx",
        "provisioning_requests",
        ("status_code", "position"),
        "status_code <> 200",
    ),
    (
        "provisioning_requests_group_idx",
        "provisioning_requests",
        ("resource_type", "position"),
        "resource_type = 'GROUP'",
    ),
    (
        "provisioning_requests_slow_idx",
        "provisioning_requests",
        ("duration_ms", "position"),
        "duration_ms >= 100",
    ),
    ("invitations_failed_idx", "invitations", ("state", "id"), "state IN ('FAILED', 'BOUNCED')"),
)


def upgrade() -> None:
    """Apply the step."""
    for name, table, columns, where in _INDEXES:
        op.create_index(name, table, ["organization_id", *columns], postgresql_where=where)


def downgrade() -> None:
    """Take the step back."""
    for name, table, _, where in reversed(_INDEXES):
        op.drop_index(name, table_name=table, postgresql_where=where)
