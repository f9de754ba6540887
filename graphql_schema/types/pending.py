"""One line of the confirm work list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from domain.keys.fingerprint import member_fingerprint
from domain.queries.rows import MemberRow
from domain.vocabulary import Stage
from graphql_schema.context import Info
from graphql_schema.enums import ConfirmationReason, Scope
from graphql_schema.fields import resolved, shown
from graphql_schema.policy import needs
from graphql_schema.scalars import JSON
from graphql_schema.types.key_facts import public_key_of
from graphql_schema.types.references import MemberType, RequestType, wrap, wrap_or_none


def _reason(pending: Any) -> ConfirmationReason:
    is_new = pending.row.stage is Stage.ACCEPTED
    return ConfirmationReason.ACCEPTED if is_new else ConfirmationReason.REWRAP


def _accepted_at(pending: Any) -> datetime:
    row = pending.row
    # The first owner was never invited, and so has not accepted.
    instant: datetime = row.accepted_at or row.confirmed_at or row.created_at
    return instant


@strawberry.type(description="One line of the confirm work list.")
class PendingConfirmation:
    row: strawberry.Private[MemberRow]

    member: MemberType = shown(lambda self: wrap(self.row))
    reason: ConfirmationReason = shown(_reason)
    accepted_at: datetime = shown(_accepted_at)

    @resolved(
        description=(
            "Public JWK that the organization's key must be wrapped for; `null` where the"
            " organization hands none over, and for a person who has no keys yet."
        )
    )
    async def public_key(self, info: Info) -> JSON | None:
        key = await public_key_of(info.context, self.row)
        return None if key is None else JSON(key)

    @resolved(
        description=(
            "RFC 7638 SHA-256 thumbprint of `publicKey`; send it back with the confirmation."
        )
    )
    async def public_key_thumbprint(self, info: Info) -> str | None:
        key = await public_key_of(info.context, self.row)
        return None if key is None else key["kid"]

    @resolved(description="Six words to compare with the person, by another way than this one.")
    async def public_key_fingerprint(self, info: Info) -> str | None:
        key = await public_key_of(info.context, self.row)
        return None if key is None else member_fingerprint(key["kid"], self.row.id)

    @resolved(
        needs(Scope.PROVISIONING_READ),
        description="Request that provisioned the member, if the identity provider did.",
    )
    async def provisioned_by(self, info: Info) -> RequestType | None:
        key = (self.row.organization_id, self.row.id)
        return wrap_or_none(await info.context.load.creating_request.load(key))
