"""What the deprovision guard counts and holds, and its settings."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SETTINGS = ("guard_enabled", "guard_max_members", "guard_max_percent")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply the step."""
    op.add_column("scim_connections", sa.Column("guard_enabled", sa.Boolean(), nullable=True))
    op.add_column("scim_connections", sa.Column("guard_max_members", sa.Integer(), nullable=True))
    op.add_column("scim_connections", sa.Column("guard_max_percent", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("scim_connections_guard_max_members_check"),
        "scim_connections",
        "guard_max_members >= 0",
    )
    op.create_check_constraint(
        op.f("scim_connections_guard_max_percent_check"),
        "scim_connections",
        "guard_max_percent BETWEEN 0 AND 100",
    )
    op.create_table(
        "deprovision_guards",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", _INSTANT, nullable=True),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("last_ordinal", sa.BigInteger(), nullable=False),
        sa.Column("last_counted_at", _INSTANT, nullable=True),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("members_counted_at", _INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('WATCHING', 'HOLDING')", name=op.f("deprovision_guards_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("deprovision_guards_organization_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("deprovision_guards_pkey")),
    )
    _create_counted()
    _create_held()


def _create_counted() -> None:
    name = "counted_deprovisionings"
    op.create_table(
        name,
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.UUID(), nullable=False),
        sa.Column("counted_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["deprovision_guards.organization_id"],
            name=op.f(f"{name}_organization_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "ordinal", name=op.f(f"{name}_pkey")),
    )
    for columns in (["organization_id", "counted_at", "ordinal"], ["organization_id", "member_id"]):
        op.create_index(op.f(f"{name}_{'_'.join(columns)}_idx"), name, columns, unique=False)


def _create_held() -> None:
    name = "held_deprovisionings"
    op.create_table(
        name,
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("member_id", sa.UUID(), nullable=False),
        sa.Column("member_label", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("held_at", _INSTANT, nullable=False),
        sa.Column("request_id", sa.UUID(), nullable=False),
        sa.Column("released_at", _INSTANT, nullable=True),
        sa.Column("release_id", sa.UUID(), nullable=True),
        sa.Column("released_by_kind", sa.Text(), nullable=True),
        sa.Column("released_by_id", sa.UUID(), nullable=True),
        sa.Column("released_by_label", sa.Text(), nullable=True),
        sa.Column("released_origin", sa.Text(), nullable=True),
        sa.CheckConstraint("action IN ('REVOKE', 'REMOVE')", name=op.f(f"{name}_action_check")),
        sa.CheckConstraint(
            "(released_at IS NULL) = (release_id IS NULL)", name=op.f(f"{name}_released_check")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["deprovision_guards.organization_id"],
            name=op.f(f"{name}_organization_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"{name}_pkey")),
    )
    op.create_index(
        op.f(f"{name}_organization_id_member_id_idx"), name, ["organization_id", "member_id"]
    )
    op.create_index(
        "held_deprovisionings_open_key",
        name,
        ["organization_id", "member_id"],
        unique=True,
        postgresql_where="released_at IS NULL",
    )
    op.create_index(
        "held_deprovisionings_released_idx",
        name,
        ["organization_id", "id"],
        unique=False,
        postgresql_where="released_at IS NOT NULL",
    )


def downgrade() -> None:
    """Take the step back."""
    for name in ("held_deprovisionings", "counted_deprovisionings", "deprovision_guards"):
        op.drop_table(name)
    for name in reversed(_SETTINGS):
        op.drop_column("scim_connections", name)
