"""Signing in by e-mail: ask for a link, redeem it."""

from __future__ import annotations

from asyncio import sleep
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import strawberry

from domain.commands import RedeemSignInLink, RequestSignInLink
from domain.errors import LinkVoid
from graphql_schema.context import Context, Info
from graphql_schema.entering import count_wrong_link, enter, expect_cookies
from graphql_schema.errors import rate_limited
from graphql_schema.fields import resolved
from graphql_schema.mutations.change import change
from graphql_schema.policy import OPEN, costs
from graphql_schema.types.user_errors import MutationPayload
from graphql_schema.types.viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Awaitable

Result = TypeVar("Result")


@strawberry.input
class RequestSignInLinkInput:
    email: str


@strawberry.input
class RedeemSignInLinkInput:
    token: str


@strawberry.type
class RequestSignInLinkPayload(MutationPayload):
    pass


@strawberry.type
class RedeemSignInLinkPayload(MutationPayload):
    viewer: Viewer | None = None


def expect_few_links(context: Context) -> None:
    """Raise ApiError for an address that asks for too many links."""
    wait_s = context.services.link_requested(context.known.presented.ip)
    if wait_s is not None:
        raise rate_limited(wait_s, "Too many links were asked for from this address")


async def evenly(context: Context, work: Awaitable[Result]) -> Result:
    """What `work` comes to, after a time that does not tell what it found."""
    step_s = context.services.limits.even_s
    began = monotonic()
    try:
        return await work
    finally:
        if step_s:
            await sleep(step_s - (monotonic() - began) % step_s)


@strawberry.type
class SignInMutations:
    @resolved(
        OPEN,
        costs(10),
        description=(
            "Mails a link to sign in with to the account of this address, where there is one. The"
            " answer is always the same, and takes as long, whether the address is known or not,"
            " and when too many links of it are open."
        ),
    )
    async def request_sign_in_link(
        self,
        info: Info,
        input: RequestSignInLinkInput,  # noqa: A002
    ) -> RequestSignInLinkPayload:
        context = info.context
        expect_few_links(context)

        async def work() -> RequestSignInLinkPayload:
            await evenly(context, context.execute(RequestSignInLink(input.email)))
            return RequestSignInLinkPayload(changed=True)

        return await change(context, input, RequestSignInLinkPayload, work, subject="email")

    @resolved(
        OPEN,
        costs(10),
        description=(
            "Begins a session with the token of a link, which works once and for 15 minutes. The"
            " answer sets the session's cookie; what it says of the viewer is of the person who"
            " signed in."
        ),
    )
    async def redeem_sign_in_link(
        self,
        info: Info,
        input: RedeemSignInLinkInput,  # noqa: A002
    ) -> RedeemSignInLinkPayload:
        context = info.context
        expect_cookies(context)

        async def work() -> RedeemSignInLinkPayload:
            presented = context.known.presented
            try:
                outcome = await context.execute(RedeemSignInLink(input.token, presented.user_agent))
            except LinkVoid as error:
                if error.problem is None:
                    count_wrong_link(context)
                raise
            seen = await enter(context, outcome.value)
            return RedeemSignInLinkPayload(viewer=Viewer() if seen else None, changed=True)

        return await change(context, input, RedeemSignInLinkPayload, work, subject="token")
