"""Members without a database, for tests of the rules alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.model.attributes import MemberAttributes
from domain.model.member import Member
from domain.vocabulary import MemberStatus, ProvisioningSource, Stage

ORGANIZATION = UUID(int=1)
ANN = UUID(int=2)
ACCOUNT = UUID(int=3)
EARLIER = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOW = EARLIER + timedelta(hours=1)


def ann(**given: Any) -> MemberAttributes:
    """Attributes of one person."""
    return MemberAttributes.of(**({"user_name": "Ann", "email": "Ann@Example.com"} | given))


def member(status: MemberStatus = MemberStatus.INVITED, **given: Any) -> Member:
    """A member in that status at version 7; a revoked one was invited before."""
    revoked = status is MemberStatus.REVOKED
    stage = Stage.INVITED if revoked else Stage(status)
    found = Member(
        organization_id=ORGANIZATION,
        id=ANN,
        attributes=ann(),
        source=ProvisioningSource.SCIM,
        created_at=EARLIER,
        updated_at=EARLIER,
        stage=stage,
        revoked_at=EARLIER if revoked else None,
        version=7,
    )
    return replace(found, **given)
