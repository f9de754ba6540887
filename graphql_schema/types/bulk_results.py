"""What came of one member of many, and of all of them."""

from __future__ import annotations

import strawberry

from graphql_schema.types.member import Member
from graphql_schema.types.user_errors import UserError


@strawberry.type
class BulkMemberResult:
    member_id: strawberry.ID
    member: Member | None = None
    changed: bool = False
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class BulkSummary:
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
