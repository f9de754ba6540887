"""What the holder of an invitation's link can do: accept, or ask for a new link."""

from __future__ import annotations

import strawberry

from domain.commands import AcceptInvitation, RequestNewInvitationLink
from domain.errors import LinkVoid
from domain.queries.accounts import own_memberships
from graphql_schema.context import Info
from graphql_schema.entering import count_wrong_link, enter, expect_cookies
from graphql_schema.fields import resolved
from graphql_schema.mutations.change import change, said
from graphql_schema.mutations.sign_in import (
    RequestSignInLinkPayload,
    evenly,
    expect_few_links,
)
from graphql_schema.policy import OPEN, costs
from graphql_schema.scalars import JSON
from graphql_schema.types.account import Membership
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.user_errors import MutationPayload


@strawberry.input
class AcceptInvitationInput:
    token: str
    name: str | None = None
    public_key: JSON | None = None
    encrypted_private_key: str | None = None


@strawberry.input
class RequestNewInvitationLinkInput:
    token: str


@strawberry.type
class AcceptInvitationPayload(MutationPayload):
    membership: Membership | None = None


@strawberry.type
class AcceptingMutations:
    @resolved(
        OPEN,
        costs(20),
        description=(
            "Accepts the invitation of a link, which works once. An address without an account gets"
            " one, with the key pair that is sent along, and the answer sets a session's cookie. An"
            " address with an account needs a session of it, and joins with the keys it has."
        ),
    )
    async def accept_invitation(
        self,
        info: Info,
        input: AcceptInvitationInput,  # noqa: A002
    ) -> AcceptInvitationPayload:
        context = info.context
        expect_cookies(context)

        async def work() -> AcceptInvitationPayload:
            command = AcceptInvitation(
                input.token.strip(),
                said(input.name),
                public_key=input.public_key,
                encrypted_private_key=said(input.encrypted_private_key),
                user_agent=context.known.presented.user_agent,
            )
            try:
                accepted = (await context.execute(command)).value
            except LinkVoid as error:
                if error.problem is None:
                    count_wrong_link(context)
                raise
            if accepted.session is not None:
                await enter(context, accepted.session)
            rows = await own_memberships(
                context.reader, accepted.account_id, accepted.member.organization_id
            )
            membership = wrap_or_none(rows[0] if rows else None)
            return AcceptInvitationPayload(membership=membership, changed=True)

        return await change(context, input, AcceptInvitationPayload, work, subject="token")

    @resolved(
        OPEN,
        costs(10),
        description=(
            "Mails a new link in place of an invitation's that has expired, where the person is"
            " still invited, at most every ten minutes. The answer is always the same."
        ),
    )
    async def request_new_invitation_link(
        self,
        info: Info,
        input: RequestNewInvitationLinkInput,  # noqa: A002
    ) -> RequestSignInLinkPayload:
        context = info.context
        expect_few_links(context)
        await evenly(context, context.execute(RequestNewInvitationLink(input.token.strip())))
        return RequestSignInLinkPayload(changed=True)
