"""Clients that prove themselves by a signed assertion."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLE = "scim_credentials"
_KIND = "scim_credentials_kind_check"
_PROOF = "scim_credentials_proof_check"


def upgrade() -> None:
    """Apply the step; a deployment has a handful of credentials, so no lock is long."""
    op.alter_column(_TABLE, "secret_hash", existing_type=sa.LargeBinary(), nullable=True)
    for name in ("issuer", "subject", "audience", "jwks_url"):
        op.add_column(_TABLE, sa.Column(name, sa.Text(), nullable=True))
    op.add_column(_TABLE, sa.Column("jwks", JSONB(), nullable=True))
    op.drop_constraint(op.f(_KIND), _TABLE)
    op.create_check_constraint(
        op.f(_KIND), _TABLE, "kind IN ('API_KEY', 'OAUTH_CLIENT', 'WORKLOAD_IDENTITY')"
    )
    op.create_check_constraint(
        op.f(_PROOF),
        _TABLE,
        "CASE kind WHEN 'WORKLOAD_IDENTITY' THEN secret_hash IS NULL AND issuer IS NOT NULL"
        " AND subject IS NOT NULL AND num_nonnulls(jwks_url, jwks) = 1"
        " ELSE secret_hash IS NOT NULL AND num_nonnulls(issuer, subject, audience, jwks_url, jwks) = 0"
        " END",
    )


def downgrade() -> None:
    """Take the step back; workload identities are lost, as nothing can hold them."""
    op.drop_constraint(op.f(_PROOF), _TABLE)
    op.execute("DELETE FROM scim_credentials WHERE kind = 'WORKLOAD_IDENTITY'")
    op.drop_constraint(op.f(_KIND), _TABLE)
    op.create_check_constraint(op.f(_KIND), _TABLE, "kind IN ('API_KEY', 'OAUTH_CLIENT')")
    for name in ("jwks", "jwks_url", "audience", "subject", "issuer"):
        op.drop_column(_TABLE, name)
    op.alter_column(_TABLE, "secret_hash", existing_type=sa.LargeBinary(), nullable=False)
