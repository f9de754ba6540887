"""Links to sign in with: who gets one, how many, and that each opens one session, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from hashlib import sha256

import asyncpg
import pytest

from domain.application import Application
from domain.caller import nobody
from domain.clock import utc_now
from domain.commands import (
    IssueSignInLink,
    Member,
    RedeemSignInLink,
    RequestSignInLink,
    RevokeMember,
)
from domain.commands.sign_in import MOST_OPEN
from domain.errors import Forbidden, Invalid, LinkVoid, NotFound
from domain.ids import UUID, new_id
from domain.secrets import make_secret, secret_text
from domain.store.sign_in_links import SignInPolicy
from domain.vocabulary import LinkProblem, MemberStatus
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.sessions import session_id_of

UNKNOWN = "token is not that of a link to sign in; copy the whole link."


@pytest.fixture
async def ada(app: Application, organization_id: UUID) -> Member:
    """A person with an account."""
    email = f"{factories.unique('Ada')}@Example.com"
    return await factories.member(app, organization_id, MemberStatus.CONFIRMED, email=email)


async def links(app: Application, member: Member) -> list[asyncpg.Record]:
    """The account's links, oldest first."""
    sql = "SELECT * FROM sign_in_links WHERE account_id = $1 ORDER BY id"
    found: list[asyncpg.Record] = await app.pool.fetch(sql, member.account_id)
    return found


async def ask(app: Application, email: str | None) -> None:
    assert email is not None
    outcome = await app.execute(RequestSignInLink(email), nobody("192.0.2.9"))
    assert (outcome.value, outcome.changed) == (None, True)


async def link(app: Application, member: Member) -> str:
    """The token of a new link."""
    await ask(app, member.attributes.email)
    return app.sign_in.token_of((await links(app, member))[-1]["id"])


async def refused(app: Application, token: str) -> LinkVoid:
    with pytest.raises(LinkVoid) as raised:
        await app.execute(RedeemSignInLink(token), nobody())
    return raised.value


async def test_a_link_is_queued_for_the_account_of_an_address(
    app: Application, ada: Member
) -> None:
    assert ada.attributes.email is not None

    await ask(app, f" {ada.attributes.email.upper()} ")

    (row,) = await links(app, ada)
    assert (row["email"], row["state"]) == (ada.attributes.email, "QUEUED")
    assert (row["redeemed_at"], row["sent_at"], row["attempts"]) == (None, None, 0)
    assert row["due_at"] == row["queued_at"]
    assert row["expires_at"] == row["queued_at"] + timedelta(minutes=15)
    secret = app.sign_in.secret_of(row["id"])
    assert row["token_hash"] == sha256(secret).digest()
    assert secret not in row.values()
    assert app.sign_in.token_of(row["id"]) == secret_text("sil", secret, row["id"]).text


async def test_an_unknown_address_is_answered_alike(app: Application, ada: Member) -> None:
    counted = "SELECT count(*) FROM sign_in_links"
    before = await app.pool.fetchval(counted)
    stranger = await factories.member(app, ada.organization_id, MemberStatus.INVITED)

    await ask(app, f"{factories.unique('nobody')}@example.com")
    await ask(app, stranger.attributes.email)

    assert await app.pool.fetchval(counted) == before


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.com", f"{'a' * 260}@example.com"])
async def test_what_is_no_address_is_said_to_be_none(app: Application, email: str) -> None:
    with pytest.raises(Invalid, match=r"^email must be an e-mail address"):
        await app.execute(RequestSignInLink(email), nobody())


async def test_few_links_of_an_account_are_open_at_once(app: Application, ada: Member) -> None:
    await asyncio.gather(*(ask(app, ada.attributes.email) for _ in range(20)))
    found = await links(app, ada)
    assert len(found) == MOST_OPEN
    # Who is refused another one has these in the mailbox, and each works.
    assert all(each["expires_at"] > utc_now() for each in found)

    # What was used makes room, and so does time.
    token = app.sign_in.token_of((await links(app, ada))[0]["id"])
    await app.execute(RedeemSignInLink(token), nobody())
    await ask(app, ada.attributes.email)
    await ask(app, ada.attributes.email)
    assert len(await links(app, ada)) == MOST_OPEN + 1
    await app.pool.execute(
        "UPDATE sign_in_links SET queued_at = queued_at - interval '15 min' WHERE account_id = $1",
        ada.account_id,
    )
    await ask(app, ada.attributes.email)
    assert len(await links(app, ada)) == MOST_OPEN + 2


async def test_a_link_opens_one_session_and_once(app: Application, ada: Member) -> None:
    token = await link(app, ada)

    secret = (await app.execute(RedeemSignInLink(token, "a browser"), nobody("192.0.2.9"))).value

    row = await app.pool.fetchrow("SELECT * FROM sessions WHERE id = $1", session_id_of(secret))
    assert row is not None
    assert (row["account_id"], row["method"]) == (ada.account_id, "LINK")
    assert (row["user_agent"], row["ip"]) == ("a browser", "192.0.2.9")
    assert row["sso_organization_id"] is None
    (used,) = await links(app, ada)
    assert used["redeemed_at"] == row["created_at"]
    void = await refused(app, token)
    assert (void.message, void.problem) == (
        "token was used already; ask for a new link.",
        LinkProblem.USED,
    )


async def test_twenty_who_try_at_once_open_one_session(app: Application, ada: Member) -> None:
    token = await link(app, ada)

    tried = await asyncio.gather(
        *(app.execute(RedeemSignInLink(token), nobody()) for _ in range(20)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in tried) == ["LinkVoid"] * 19 + ["Outcome"]
    counted = "SELECT count(*) FROM sessions WHERE account_id = $1"
    assert await app.pool.fetchval(counted, ada.account_id) == 1


async def test_a_link_works_for_15_minutes(app: Application, ada: Member) -> None:
    brief = Application(
        app.pool,
        factories.POLICY,
        sign_in=SignInPolicy(factories.POLICY.secret_key, link_lifetime=timedelta(0)),
    )
    token = await link(brief, ada)

    void = await refused(app, token)

    assert (void.message, void.problem) == (
        "token has expired; ask for a new link.",
        LinkProblem.EXPIRED,
    )
    assert (await links(app, ada))[0]["redeemed_at"] is None


async def test_a_link_ends_with_the_key_that_it_was_made_with(
    app: Application, ada: Member
) -> None:
    token = await link(app, ada)
    id_ = UUID(hex=token.split("_")[1])
    policy = SignInPolicy(b"the key that took its place")
    after = Application(app.pool, factories.POLICY, sign_in=policy)

    void = await refused(after, token)

    assert (void.message, void.problem) == (
        "token has expired; ask for a new link.",
        LinkProblem.EXPIRED,
    )
    assert (await links(app, ada))[0]["redeemed_at"] is None
    # Its mail had not left yet: the new key makes the link that it comes with.
    assert (await refused(app, policy.token_of(id_))).problem is None
    assert (await after.execute(RedeemSignInLink(policy.token_of(id_)), nobody())).changed
    assert (await refused(after, token)).problem is LinkProblem.USED


async def test_an_old_link_has_expired_also_when_nothing_is_left_of_it(
    app: Application, ada: Member
) -> None:
    token = await link(app, ada)
    await app.pool.execute("DELETE FROM sign_in_links WHERE account_id = $1", ada.account_id)

    assert (await refused(app, token)).problem is LinkProblem.EXPIRED
    assert (await refused(app, f"{token[:-43]}{'A' * 43}")).problem is None


async def test_links_of_nobody(app: Application, ada: Member) -> None:
    token = await link(app, ada)
    prefix, id_, secret = token.split("_", 2)
    other = SignInPolicy(b"another key").token_of(UUID(hex=id_))

    for wrong in (
        "",
        "sil",
        token[:-1],
        token.replace(prefix, "inv", 1),
        f"{prefix}_{new_id().hex}_{secret}",
        make_secret(prefix, UUID(hex=id_)).text,
        other,
    ):
        void = await refused(app, wrong)
        assert (void.message, void.problem) == (UNKNOWN, None)
    assert (await app.execute(RedeemSignInLink(f" {token}\n"), nobody())).changed


async def test_a_person_without_access_may_sign_in_all_the_same(
    app: Application, ada: Member
) -> None:
    await app.execute(RevokeMember(ada.organization_id, ada.id), SYSTEM)

    assert (await app.execute(RedeemSignInLink(await link(app, ada)), nobody())).changed


async def test_an_operator_makes_links_that_are_not_mailed(app: Application, ada: Member) -> None:
    email = ada.attributes.email
    assert email is not None
    for _ in range(MOST_OPEN):
        await ask(app, email)

    issued = await app.execute(IssueSignInLink(email.upper()), SYSTEM)

    row = (await links(app, ada))[-1]
    assert (row["id"], row["state"]) == (issued.value, "CANCELLED")
    token = app.sign_in.token_of(issued.value)
    assert (await app.execute(RedeemSignInLink(token), nobody())).changed
    stranger = f"{factories.unique('stranger')}@example.com"
    with pytest.raises(NotFound) as unknown:
        await app.execute(IssueSignInLink(stranger), SYSTEM)
    assert str(unknown.value) == f"There is no account {stranger}."
    for caller in (factories.caller(organization_id=ada.organization_id), nobody()):
        with pytest.raises(Forbidden):
            await app.execute(IssueSignInLink(email), caller)
    assert "_" not in repr(RedeemSignInLink(token)).partition("token")[2]


async def test_links_of_an_operator_take_no_place_of_mailed_ones(
    app: Application, ada: Member
) -> None:
    email = ada.attributes.email
    assert email is not None
    made = [(await app.execute(IssueSignInLink(email), SYSTEM)).value for _ in range(MOST_OPEN)]

    for _ in range(MOST_OPEN + 1):
        await ask(app, email)

    states = [row["state"] for row in await links(app, ada)]
    assert states == ["CANCELLED"] * MOST_OPEN + ["QUEUED"] * MOST_OPEN
    more = await app.execute(IssueSignInLink(email), SYSTEM)
    for link_id in (*made, more.value):
        token = app.sign_in.token_of(link_id)
        assert (await app.execute(RedeemSignInLink(token), nobody())).changed
