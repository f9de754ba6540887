"""Signs people in without a mail: a session by the function that every way of signing in uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.application import Application, Command, Outcome, handles
from domain.caller import nobody
from domain.commands import IssueSignInLink
from domain.commands.sessions import open_session
from domain.ids import UUID
from domain.model.member import Member
from domain.secrets import SecretKind, read_secret
from domain.store.isolation import Isolation
from domain.store.unit_of_work import UnitOfWork
from domain.vocabulary import MemberRole, MemberStatus, Scope, SignInMethod
from tests.support import factories


@dataclass(frozen=True, slots=True)
class SignIn(Command[str]):
    """Open a session for an account."""

    account_id: UUID
    method: SignInMethod = SignInMethod.LINK
    sso_organization_id: UUID | None = None
    user_agent: str | None = "a browser of tests"


@handles(SignIn, Isolation.TRANSACTION)
async def _sign_in(command: SignIn, unit: UnitOfWork) -> Outcome[str]:
    secret = await open_session(
        unit,
        command.account_id,
        command.method,
        sso_organization_id=command.sso_organization_id,
        user_agent=command.user_agent,
    )
    return Outcome(secret, changed=True)


async def session(app: Application, account_id: UUID | None, **given: Any) -> str:
    """The secret of a new session, `ses_…`, of an account."""
    assert account_id is not None, "the member has no account"
    return (await app.execute(SignIn(account_id, **given), nobody("192.0.2.1"))).value


async def sign_in_link(app: Application, email: str) -> str:
    """The token of a new link, `sil_…`, as the operator of the machine makes one."""
    issued = await app.execute(IssueSignInLink(email), factories.SYSTEM)
    return app.sign_in.token_of(issued.value)


def session_id_of(secret: str) -> UUID:
    """The id of the session that a secret is of."""
    presented = read_secret(SecretKind.SESSION, 1, secret)
    assert presented is not None, "this is no session's secret"
    return presented.ids[0]


async def signed_in(
    app: Application,
    organization_id: UUID,
    role: MemberRole = MemberRole.OWNER,
    permissions: frozenset[Scope] = frozenset(),
    **given: Any,
) -> tuple[Member, str]:
    """A confirmed member of that role, and the secret of a session of theirs."""
    person = await factories.member(
        app, organization_id, MemberStatus.CONFIRMED, role=role, permissions=permissions, **given
    )
    return person, await session(app, person.account_id)
