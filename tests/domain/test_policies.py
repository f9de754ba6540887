"""People are held to the policies of an organization when they are confirmed and restored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.application import Application, Command
from domain.caller import Caller
from domain.commands import (
    ConfirmMember,
    Member,
    ProvisionMember,
    RestoreMember,
    RevisedState,
    ReviseMember,
    RevokeMember,
    UpdateOrganization,
)
from domain.errors import Invalid, PolicyViolation
from domain.ids import UUID, new_id
from domain.vocabulary import MemberStatus, Rehire
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.racing import race

ACCEPTED, REVOKED = MemberStatus.ACCEPTED, MemberStatus.REVOKED
FOREIGN = {"allowed_email_domains": ("acme.example",)}
DOMAIN = "takes only addresses of acme.example, and this one is of example.com"


async def set_policies(app: Application, organization_id: UUID, **given: Any) -> bool:
    return (await app.execute(UpdateOrganization(organization_id, **given), SYSTEM)).changed


async def belongs(app: Application, member: Member, sso_at: datetime | None = None) -> Member:
    """Let the account know of the membership; returns the member."""
    await app.pool.execute(
        "INSERT INTO account_memberships VALUES ($1, $2, $3, now(), $4)"
        " ON CONFLICT (account_id, organization_id) DO UPDATE SET sso_at = excluded.sso_at",
        member.account_id,
        member.organization_id,
        member.id,
        sso_at,
    )
    return member


async def twin(app: Application, of: Member, status: MemberStatus) -> Member:
    """The same person in another organization."""
    other = await factories.organization(app, "other")
    name = of.attributes.user_name
    return await belongs(app, await factories.member(app, other, status, name=name))


def ask(member: Member) -> Any:
    """What an administrator asks for next."""
    kind = RestoreMember if member.revoked_at is not None else ConfirmMember
    return kind(member.organization_id, member.id)


async def test_policies_are_set_and_told(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    domains = ("b.example", "A.example", "b.example")

    assert await set_policies(
        app, organization_id, allowed_email_domains=domains, single_organization=True
    )
    assert not await set_policies(app, organization_id, allowed_email_domains=domains)
    assert not await set_policies(app, organization_id)
    assert await set_policies(app, organization_id, require_sso=True, single_organization=False)
    with pytest.raises(Invalid):
        await set_policies(app, organization_id, allowed_email_domains=("a.example", "x"))
    assert await set_policies(app, organization_id, allowed_email_domains=())

    stored = await app.pool.fetchval(
        "SELECT policies FROM organizations WHERE id = $1", organization_id
    )
    assert stored == {"allowedEmailDomains": [], "requireSso": True, "singleOrganization": False}
    told = await looks.rows(
        "SELECT changes FROM audit_events WHERE organization_id = $1"
        " AND action = 'organization.updated' ORDER BY sequence"
    )
    assert [
        [tuple(change[word] for word in ("attribute", "before", "after")) for change in row[0]]
        for row in told
    ] == [
        [
            ("allowedEmailDomains", "[]", '["a.example","b.example"]'),
            ("singleOrganization", "false", "true"),
        ],
        [("requireSso", "false", "true"), ("singleOrganization", "true", "false")],
        [("allowedEmailDomains", '["a.example","b.example"]', "[]")],
    ]


@pytest.mark.parametrize("status", [ACCEPTED, REVOKED])
@pytest.mark.parametrize(
    ("policies", "says"),
    [
        (FOREIGN, DOMAIN),
        ({"require_sso": True}, "requires single sign-on"),
        ({"single_organization": True}, "may belong to no other, and this person belongs"),
    ],
)
async def test_who_may_not_belong_stays_as_they_are(
    app: Application,
    organization_id: UUID,
    looks: Looks,
    *,
    status: MemberStatus,
    policies: dict[str, Any],
    says: str,
) -> None:
    person = await belongs(app, await factories.member(app, organization_id, status))
    await twin(app, person, ACCEPTED)
    await set_policies(app, organization_id, **policies)
    before = await looks.member(person.id)

    with pytest.raises(PolicyViolation, match=says):
        await app.execute(ask(person), SYSTEM)

    assert await looks.member(person.id) == before
    assert "member.restored" not in await looks.actions(person.id)
    undone = {"allowed_email_domains": (), "require_sso": False, "single_organization": False}
    await set_policies(app, organization_id, **undone)
    assert (await app.execute(ask(person), SYSTEM)).changed


@pytest.mark.parametrize("status", [ACCEPTED, REVOKED])
async def test_another_organization_may_claim_the_person(
    app: Application, organization_id: UUID, status: MemberStatus
) -> None:
    person = await belongs(app, await factories.member(app, organization_id, status))
    claiming = await twin(app, person, ACCEPTED)
    await set_policies(app, claiming.organization_id, single_organization=True)

    with pytest.raises(PolicyViolation, match="they leave that one first"):
        await app.execute(ask(person), SYSTEM)

    await app.execute(RevokeMember(claiming.organization_id, claiming.id), SYSTEM)
    assert (await app.execute(ask(person), SYSTEM)).changed


async def test_it_is_the_proven_address_that_counts(
    app: Application, organization_id: UUID
) -> None:
    person = await factories.member(app, organization_id, ACCEPTED)
    moved = person.attributes.with_email("moved@acme.example")
    edit = ReviseMember(organization_id, person.id, lambda _: RevisedState(moved))
    await app.execute(edit, SYSTEM)
    await set_policies(app, organization_id, **FOREIGN)

    with pytest.raises(PolicyViolation, match=DOMAIN):
        await app.execute(ConfirmMember(organization_id, person.id), SYSTEM)


@pytest.mark.parametrize("status", [ACCEPTED, REVOKED])
async def test_who_came_by_single_sign_on(
    app: Application, organization_id: UUID, status: MemberStatus
) -> None:
    person = await factories.member(app, organization_id, status)
    await belongs(app, person, datetime.now(UTC))
    await set_policies(app, organization_id, require_sso=True)

    assert (await app.execute(ask(person), SYSTEM)).changed


@pytest.mark.parametrize("vouched_for", ["here", "elsewhere", "another"])
async def test_whose_own_session_counts(
    app: Application, organization_id: UUID, vouched_for: str
) -> None:
    person = await belongs(app, await factories.member(app, organization_id, ACCEPTED))
    await set_policies(app, organization_id, require_sso=True)
    account_id = new_id() if vouched_for == "another" else person.account_id
    sso = new_id() if vouched_for == "elsewhere" else organization_id
    caller: Caller = replace(SYSTEM, account_id=account_id, sso_organization_id=sso)

    if vouched_for == "here":
        assert (await app.execute(ask(person), caller)).changed
    else:
        with pytest.raises(PolicyViolation):
            await app.execute(ask(person), caller)


async def test_a_provider_restores_within_the_policies(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    person = await belongs(app, await factories.member(app, organization_id, REVOKED))
    await set_policies(app, organization_id, **FOREIGN)
    attributes = person.attributes
    restore = ReviseMember(
        organization_id, person.id, lambda _: RevisedState(attributes, active=True)
    )
    rehire = ProvisionMember(organization_id, attributes, rehire=Rehire.RESTORE)
    before = await looks.member(person.id)

    commands: list[Command[Any]] = [restore, rehire]
    for command in commands:
        with pytest.raises(PolicyViolation, match=DOMAIN):
            await app.execute(command, SYSTEM)

    assert await looks.member(person.id) == before
    await set_policies(app, organization_id, allowed_email_domains=("example.com",))
    assert (await app.execute(restore, SYSTEM)).changed


@pytest.mark.parametrize("status", [MemberStatus.INVITED, MemberStatus.STAGED])
async def test_who_never_accepted_is_known_by_the_directory(
    app: Application, organization_id: UUID, status: MemberStatus
) -> None:
    person = await factories.member(app, organization_id, status)
    await app.execute(RevokeMember(organization_id, person.id), SYSTEM)
    await set_policies(app, organization_id, require_sso=True, **FOREIGN)

    def restored(email: str) -> ReviseMember:
        state = RevisedState(person.attributes.with_email(email), active=True)
        return ReviseMember(organization_id, person.id, lambda _: state)

    with pytest.raises(PolicyViolation, match=DOMAIN):
        await app.execute(restored("other@example.com"), SYSTEM)
    with pytest.raises(PolicyViolation, match=DOMAIN):
        await app.execute(RestoreMember(organization_id, person.id), SYSTEM)
    assert (await app.execute(restored("her@Acme.Example"), SYSTEM)).changed


async def test_who_was_removed_elsewhere_belongs_here_alone(
    app: Application, organization_id: UUID
) -> None:
    person = await belongs(app, await factories.member(app, organization_id, ACCEPTED))
    gone = await twin(app, person, ACCEPTED)
    await app.pool.execute(
        "DELETE FROM members WHERE organization_id = $1 AND id = $2", gone.organization_id, gone.id
    )
    await set_policies(app, organization_id, single_organization=True)

    assert (await app.execute(ask(person), SYSTEM)).changed


async def test_nobody_slips_into_two_at_the_same_moment(app: Application) -> None:
    for _ in range(10):
        one = await factories.organization(app)
        here = await belongs(app, await factories.member(app, one, REVOKED))
        there = await twin(app, here, REVOKED)
        await set_policies(app, one, single_organization=True)

        results = await race([app.execute(ask(here), SYSTEM), app.execute(ask(there), SYSTEM)])

        assert len(results.done) == 1
        assert results.refusals() == ["PolicyViolation"]
