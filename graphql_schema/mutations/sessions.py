"""Sessions of people: end this one, or another."""

from __future__ import annotations

import strawberry

from domain.commands import EndSession
from graphql_schema.context import Context, Info
from graphql_schema.entering import expect_cookies, leave
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind, expect_id
from graphql_schema.mutations.change import change
from graphql_schema.policy import OPEN, costs
from graphql_schema.types.user_errors import MutationPayload


@strawberry.input
class EndSessionInput:
    session_id: strawberry.ID


@strawberry.type
class SignOutPayload(MutationPayload):
    pass


@strawberry.type
class EndSessionPayload(MutationPayload):
    ended_session_id: strawberry.ID | None = None


def _tell(context: Context) -> None:
    """Let subscriptions of the person look at their rights again, in every process."""
    session = context.session
    for membership in () if session is None else session.memberships:
        context.services.access_changed(membership.organization_id)


@strawberry.type
class SessionMutations:
    @resolved(
        OPEN,
        costs(10),
        description=(
            "Ends the session that asks, and makes the browser forget it. Nothing changes for a"
            " caller without one."
        ),
    )
    async def sign_out(self, info: Info) -> SignOutPayload:
        context, session_id = info.context, info.context.caller.session_id
        expect_cookies(context)
        changed = False
        if session_id is not None:
            changed = (await context.execute(EndSession(session_id))).changed
            _tell(context)
        leave(context)
        return SignOutPayload(changed=changed)

    @resolved(
        costs(10),
        description="Ends one of the caller's own sessions, as after a computer was lost.",
    )
    async def end_session(
        self,
        info: Info,
        input: EndSessionInput,  # noqa: A002
    ) -> EndSessionPayload:
        context = info.context

        async def work() -> EndSessionPayload:
            id_ = expect_id(Kind.SESSION, input.session_id, "sessionId").id
            outcome = await context.execute(EndSession(id_))
            _tell(context)
            return EndSessionPayload(ended_session_id=input.session_id, changed=outcome.changed)

        return await change(
            context, input, EndSessionPayload, work, subject="sessionId", kind=Kind.SESSION
        )
