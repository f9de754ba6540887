"""Who may do what to whom: scopes, ranks, oneself, and granting no more than one holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.application import Application, Command
from domain.caller import ALL_SCOPES, scopes_of
from domain.commands import (
    ChangeMemberRole,
    ConfirmMember,
    CreateAccessToken,
    CreateGroup,
    CreateOrganization,
    DeleteGroup,
    EnableScim,
    InviteMember,
    InviteStagedMember,
    ReinviteMember,
    RemoveMember,
    RestoreMember,
    ReviseGroup,
    RevokeMember,
    RotateScimApiKey,
    UpdateOrganization,
)
from domain.errors import Forbidden, MissingScope, NotFound, SelfAction
from domain.ids import UUID, new_id
from domain.vocabulary import MemberRole, MemberStatus, ProvisioningSource, Scope
from tests.support import factories
from tests.support.factories import Looks

O, A, C, U = (  # noqa: E741 - as short as the columns of a table
    MemberRole.OWNER,
    MemberRole.ADMIN,
    MemberRole.CUSTOM,
    MemberRole.USER,
)
ACTS_ON = {O: {O, A, C, U}, A: {A, C, U}, C: {C, U}, U: {U}}


def invite(organization_id: UUID, role: MemberRole = U) -> InviteMember:
    email = f"{factories.unique('new')}@example.com"
    return InviteMember(organization_id, email, ProvisioningSource.ADMIN_API, role=role)


NEEDS: list[tuple[Scope, Callable[[UUID, UUID], Command[Any]]]] = [
    (Scope.MEMBERS_WRITE, lambda org, _: invite(org)),
    (Scope.MEMBERS_WRITE, InviteStagedMember),
    (Scope.MEMBERS_WRITE, ReinviteMember),
    (Scope.MEMBERS_CONFIRM, ConfirmMember),
    (Scope.MEMBERS_WRITE, RevokeMember),
    (Scope.MEMBERS_WRITE, RestoreMember),
    (Scope.MEMBERS_WRITE, RemoveMember),
    (Scope.MEMBERS_WRITE, lambda org, id_: ChangeMemberRole(org, id_, None, C)),
    (Scope.GROUPS_WRITE, lambda org, _: CreateGroup(org, "new")),
    (Scope.GROUPS_WRITE, lambda org, id_: ReviseGroup(org, id_, display_name="new")),
    (Scope.GROUPS_WRITE, DeleteGroup),
    (Scope.ORGANIZATION_WRITE, lambda org, _: UpdateOrganization(org, name="new")),
    (Scope.ORGANIZATION_WRITE, lambda *_: CreateOrganization("new")),
    (Scope.SCIM_ADMIN, lambda org, _: EnableScim(org)),
    (Scope.SCIM_ADMIN, lambda org, _: RotateScimApiKey(org)),
    (
        Scope.TOKENS_ADMIN,
        lambda org, _: CreateAccessToken(org, "new", frozenset({Scope.AUDIT_READ})),
    ),
]


@pytest.mark.parametrize(("scope", "make"), NEEDS)
async def test_scope(
    app: Application,
    organization_id: UUID,
    looks: Looks,
    scope: Scope,
    make: Callable[[UUID, UUID], Command[Any]],
) -> None:
    person = await factories.member(app, organization_id)
    before = await looks.actions()

    with pytest.raises(MissingScope) as raised:
        await app.execute(
            make(organization_id, person.id), factories.caller(scopes=ALL_SCOPES - {scope})
        )

    assert raised.value.scope == scope
    assert await looks.actions() == before


@pytest.mark.parametrize("target", list(MemberRole))
@pytest.mark.parametrize("rank", list(MemberRole))
async def test_rank(app: Application, rank: MemberRole, target: MemberRole) -> None:
    organization_id = await factories.organization(app)
    person = await factories.member(app, organization_id, MemberStatus.ACCEPTED, role=target)
    caller = factories.caller(rank)
    commands: list[Command[Any]] = [
        ReinviteMember(organization_id, person.id),
        ConfirmMember(organization_id, person.id),
        RestoreMember(organization_id, person.id),
        RevokeMember(organization_id, person.id),
        RemoveMember(organization_id, person.id),
    ]
    for command in commands[1:]:
        if target in ACTS_ON[rank]:
            if not isinstance(command, (RevokeMember, RemoveMember)) or target is not O:
                await app.execute(command, caller)
        else:
            with pytest.raises(Forbidden, match=f"A member with role {target} outranks you"):
                await app.execute(command, caller)


@pytest.mark.parametrize("wanted", list(MemberRole))
@pytest.mark.parametrize("rank", list(MemberRole))
async def test_nobody_grants_a_higher_role(
    app: Application, organization_id: UUID, rank: MemberRole, wanted: MemberRole
) -> None:
    held = scopes_of(rank, {Scope.MEMBERS_WRITE, Scope.MEMBERS_READ})
    caller = factories.caller(rank, held | {Scope.MEMBERS_WRITE})
    person = await factories.member(app, organization_id, role=C if wanted is U else U)
    if rank is U and wanted is U:
        return  # a plain user does not get this far, and may not act on CUSTOM
    change = ChangeMemberRole(organization_id, person.id, None, wanted)

    if wanted in ACTS_ON[rank]:
        assert (await app.execute(change, caller)).value.role is wanted
        if wanted is not C:
            made = await app.execute(invite(organization_id, wanted), caller)
            assert made.value.role is wanted
    else:
        for command in (change, invite(organization_id, wanted)):
            with pytest.raises(Forbidden):
                await app.execute(command, caller)


@pytest.mark.parametrize("wanted", [O, A])
async def test_a_narrow_token_makes_no_administrators(
    app: Application, organization_id: UUID, wanted: MemberRole
) -> None:
    """An owner's token that holds one scope may not hand out all of them by a role."""
    caller = factories.caller(O, frozenset({Scope.MEMBERS_WRITE}))
    person = await factories.member(app, organization_id)

    for command in (
        ChangeMemberRole(organization_id, person.id, None, wanted),
        invite(organization_id, wanted),
    ):
        with pytest.raises(Forbidden, match=r"You cannot grant AUDIT_READ, .* you do not hold"):
            await app.execute(command, caller)


async def test_custom_permissions_are_held_by_whoever_grants_them(
    app: Application, organization_id: UUID
) -> None:
    caller = factories.caller(C, frozenset({Scope.MEMBERS_WRITE, Scope.GROUPS_READ}))
    person = await factories.member(app, organization_id)

    def grant(*scopes: Scope) -> ChangeMemberRole:
        return ChangeMemberRole(organization_id, person.id, None, C, frozenset(scopes))

    granted = await app.execute(grant(Scope.GROUPS_READ), caller)
    assert granted.value.permissions == {Scope.GROUPS_READ}
    with pytest.raises(Forbidden, match="You cannot grant GROUPS_WRITE, which you do not hold"):
        await app.execute(grant(Scope.GROUPS_READ, Scope.GROUPS_WRITE), caller)


async def test_tokens_hold_no_more_than_their_maker(app: Application) -> None:
    organization_id = await factories.organization(app)
    scopes = frozenset({Scope.TOKENS_ADMIN, Scope.AUDIT_READ})
    caller = factories.caller(C, scopes, organization_id=organization_id)

    await app.execute(CreateAccessToken(organization_id, "mine", scopes), caller)
    for command in (
        CreateAccessToken(organization_id, "more", scopes | {Scope.MEMBERS_READ}),
        CreateAccessToken(None, "everywhere", scopes),
    ):
        with pytest.raises(Forbidden):
            await app.execute(command, caller)
    with pytest.raises(NotFound):
        await app.execute(CreateAccessToken(new_id(), "elsewhere", scopes), caller)


async def test_whoever_belongs_to_one_organization_reaches_no_other(app: Application) -> None:
    home, elsewhere = await factories.organization(app), await factories.organization(app)
    caller = factories.caller(MemberRole.OWNER, ALL_SCOPES, organization_id=home)
    before = await Looks(app.pool, elsewhere).actions()

    commands: list[Command[Any]] = [RevokeMember(elsewhere, new_id()), EnableScim(elsewhere)]
    for command in commands:
        with pytest.raises(NotFound):
            await app.execute(command, caller)
    with pytest.raises(Forbidden):
        await app.execute(CreateOrganization(factories.unique("another")), caller)

    assert await Looks(app.pool, elsewhere).actions() == before


@pytest.mark.parametrize(
    "command",
    [
        RevokeMember,
        RestoreMember,
        RemoveMember,
        lambda org, id_: ChangeMemberRole(org, id_, None, MemberRole.ADMIN),
    ],
)
async def test_nobody_acts_on_themselves(
    app: Application, organization_id: UUID, command: Callable[[UUID, UUID], Command[Any]]
) -> None:
    await factories.owner(app, organization_id)
    person = await factories.owner(app, organization_id)
    looks = Looks(app.pool, organization_id)
    before = await looks.actions()

    with pytest.raises(SelfAction):
        await app.execute(
            command(organization_id, person.id), factories.caller(member_id=person.id)
        )

    assert await looks.actions() == before


async def test_history_says_who_did_it(app: Application, organization_id: UUID) -> None:
    person = await factories.member(app, organization_id)
    caller = factories.caller(member_id=new_id())

    await app.execute(RevokeMember(organization_id, person.id, None, "left us"), caller)

    row = (
        await Looks(app.pool, organization_id).rows(
            "SELECT * FROM audit_events WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1"
        )
    )[0]
    assert row["action"] == "member.revoked"
    assert (row["actor_kind"], row["actor_id"]) == ("MEMBER", caller.member_id)
    assert (row["actor_label"], row["origin"]) == ("a caller", "ADMIN_API")
    assert (row["subject_kind"], row["subject_id"]) == ("MEMBER", person.id)
    assert row["subject_label"] == person.attributes.email
    assert (row["correlation_id"], row["request_id"]) == (caller.correlation_id, caller.request_id)
    assert row["changes"][1] == {
        "attribute": "revocationReason",
        "before": None,
        "after": "left us",
    }
    assert (row["position"], row["hash"]) == (None, None)
