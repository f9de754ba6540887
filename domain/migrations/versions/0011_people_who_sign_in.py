"""People who sign in: sessions, links, OIDC providers, memberships of accounts; mails beside invitations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "account_memberships",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("member_id", sa.UUID(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sso_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("account_memberships_account_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "organization_id", name=op.f("account_memberships_pkey")
        ),
    )
    op.create_table(
        "oidc_providers",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("sealed_client_secret", sa.Text(), nullable=False),
        sa.Column("trust_email", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("oidc_providers_organization_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("oidc_providers_pkey")),
    )
    op.create_index(
        op.f("oidc_providers_organization_id_id_idx"),
        "oidc_providers",
        ["organization_id", "id"],
        unique=False,
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("sso_organization_id", sa.UUID(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "method IN ('LINK', 'OIDC', 'INVITATION')", name=op.f("sessions_method_check")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("sessions_account_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sessions_pkey")),
    )
    op.create_index(
        op.f("sessions_account_id_id_idx"), "sessions", ["account_id", "id"], unique=False
    )
    op.create_index(op.f("sessions_expires_at_idx"), "sessions", ["expires_at"], unique=False)
    op.create_table(
        "sign_in_links",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('QUEUED', 'SENT', 'FAILED', 'BOUNCED', 'CANCELLED')",
            name=op.f("sign_in_links_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("sign_in_links_account_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_in_links_pkey")),
    )
    op.create_index(
        op.f("sign_in_links_account_id_queued_at_idx"),
        "sign_in_links",
        ["account_id", "queued_at"],
        unique=False,
    )
    op.create_index(
        "sign_in_links_due_idx",
        "sign_in_links",
        ["due_at"],
        unique=False,
        postgresql_where="state = 'QUEUED'",
    )
    op.create_index(
        op.f("sign_in_links_expires_at_idx"), "sign_in_links", ["expires_at"], unique=False
    )
    op.create_table(
        "mails",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member_id", sa.UUID(), nullable=False),
        sa.Column("about_id", sa.UUID(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column(
            "facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('REMINDER', 'CONFIRMABLE', 'CONFIRMED', 'ACCESS_REVOKED')",
            name=op.f("mails_kind_check"),
        ),
        sa.CheckConstraint(
            "state IN ('QUEUED', 'SENT', 'FAILED', 'BOUNCED', 'CANCELLED')",
            name=op.f("mails_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("mails_organization_id_fkey")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("mails_pkey")),
        sa.UniqueConstraint(
            "organization_id",
            "kind",
            "about_id",
            name=op.f("mails_organization_id_kind_about_id_key"),
        ),
    )
    op.create_index(
        "mails_due_idx",
        "mails",
        ["organization_id", "due_at"],
        unique=False,
        postgresql_where="state = 'QUEUED'",
    )
    op.create_index(
        op.f("mails_organization_id_kind_queued_at_idx"),
        "mails",
        ["organization_id", "kind", "queued_at"],
        unique=False,
    )
    op.create_index(
        op.f("mails_organization_id_member_id_id_idx"),
        "mails",
        ["organization_id", "member_id", "id"],
        unique=False,
    )
    # The default first: from here on nobody writes members until the step is done.
    op.alter_column(
        "members", "wrapped_key_version", existing_type=sa.INTEGER(), server_default="0"
    )
    op.execute("UPDATE members SET wrapped_key_version = 0 WHERE wrapped_key_version IS NULL")
    op.alter_column("members", "wrapped_key_version", existing_type=sa.INTEGER(), nullable=False)
    op.drop_index(
        op.f("members_account_idx"),
        table_name="members",
        postgresql_where="(account_id IS NOT NULL)",
    )
    op.create_index(
        "members_account_idx",
        "members",
        ["organization_id", "account_id"],
        unique=True,
        postgresql_where="account_id IS NOT NULL",
    )
    op.create_index(
        "members_wrapped_key_idx",
        "members",
        ["organization_id", "wrapped_key_version", "id"],
        unique=False,
        postgresql_where="stage = 'CONFIRMED' AND revoked_at IS NULL",
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_index(
        "members_wrapped_key_idx",
        table_name="members",
        postgresql_where="stage = 'CONFIRMED' AND revoked_at IS NULL",
    )
    op.drop_index(
        "members_account_idx", table_name="members", postgresql_where="account_id IS NOT NULL"
    )
    op.create_index(
        op.f("members_account_idx"),
        "members",
        ["organization_id", "account_id"],
        unique=False,
        postgresql_where="(account_id IS NOT NULL)",
    )
    op.alter_column(
        "members",
        "wrapped_key_version",
        existing_type=sa.INTEGER(),
        server_default=None,
        nullable=True,
    )
    op.drop_index(op.f("mails_organization_id_member_id_id_idx"), table_name="mails")
    op.drop_index(op.f("mails_organization_id_kind_queued_at_idx"), table_name="mails")
    op.drop_index("mails_due_idx", table_name="mails", postgresql_where="state = 'QUEUED'")
    op.drop_table("mails")
    op.drop_index(op.f("sign_in_links_expires_at_idx"), table_name="sign_in_links")
    op.drop_index(
        "sign_in_links_due_idx", table_name="sign_in_links", postgresql_where="state = 'QUEUED'"
    )
    op.drop_index(op.f("sign_in_links_account_id_queued_at_idx"), table_name="sign_in_links")
    op.drop_table("sign_in_links")
    op.drop_index(op.f("sessions_expires_at_idx"), table_name="sessions")
    op.drop_index(op.f("sessions_account_id_id_idx"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("oidc_providers_organization_id_id_idx"), table_name="oidc_providers")
    op.drop_table("oidc_providers")
    op.drop_table("account_memberships")
