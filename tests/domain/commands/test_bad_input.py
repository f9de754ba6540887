"""Input that no rule foresaw is refused by the domain, not by the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.application import Application, Command
from domain.commands import (
    AcceptInvitation,
    ConfirmMember,
    CreateGroup,
    CreateOrganization,
    DeleteGroup,
    EditKind,
    InviteMember,
    InviteStagedMember,
    MemberAttributes,
    MembershipEdit,
    ProvisionMember,
    ReinviteMember,
    RemoveMember,
    RestoreMember,
    RevisedState,
    ReviseGroup,
    ReviseMember,
    RevokeMember,
    UpdateOrganization,
)
from domain.errors import Invalid, NotFound
from domain.ids import UUID, new_id
from domain.vocabulary import OnProvision, ProvisioningSource
from tests.support import factories
from tests.support.factories import SYSTEM, Looks, unique

UNSTORABLE = ["a\x00b", "\x00", "a\ud800", "\udfffb"]


@pytest.mark.parametrize("text", UNSTORABLE)
@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("user_name", "userName"),
        ("email", "email"),
        ("external_id", "externalId"),
        ("display_name", "displayName"),
        ("given_name", "name.givenName"),
        ("family_name", "name.familyName"),
    ],
)
def test_texts_of_members(name: str, public: str, text: str) -> None:
    given: dict[str, Any] = {"user_name": "a"} | {name: text}

    with pytest.raises(Invalid) as raised:
        MemberAttributes.of(**given)

    assert raised.value.attribute == public


@pytest.mark.parametrize("text", UNSTORABLE)
async def test_texts_of_everything_else(
    app: Application, organization_id: UUID, looks: Looks, text: str
) -> None:
    person = await factories.member(app, organization_id)
    group_id = await factories.group(app, organization_id)
    link = await factories.invitation_link(app, person)
    before = await looks.actions()
    commands: list[Command[Any]] = [
        RevokeMember(organization_id, person.id, None, text),
        CreateGroup(organization_id, text),
        CreateGroup(organization_id, unique("group"), text),
        ReviseGroup(organization_id, group_id, display_name=text),
        ReviseGroup(organization_id, group_id, external_id=text),
        CreateOrganization(text),
        UpdateOrganization(organization_id, name=text),
        InviteMember(organization_id, "a@x.org", ProvisioningSource.CLI, display_name=text),
        AcceptInvitation(link, text),
        AcceptInvitation(text),
    ]
    for command in commands:
        with pytest.raises(Invalid):
            await app.execute(command, SYSTEM)
    assert await looks.actions() == before


def test_an_empty_external_id_is_none() -> None:
    assert MemberAttributes.of(user_name="a", external_id="").external_id is None


@pytest.mark.parametrize("on_provision", list(OnProvision))
async def test_nobody_joins_an_organization_that_is_not_there(
    app: Application, on_provision: OnProvision
) -> None:
    command = ProvisionMember(new_id(), factories.attributes(), on_provision=on_provision)

    with pytest.raises(NotFound) as raised:
        await app.execute(command, SYSTEM)

    assert raised.value.kind == "organization"


ON_MEMBERS: list[Callable[[UUID, UUID], Command[Any]]] = [
    ConfirmMember,
    InviteStagedMember,
    ReinviteMember,
    RemoveMember,
    RestoreMember,
    RevokeMember,
    lambda org, id_: ReviseMember(org, id_, lambda member: RevisedState(member.attributes)),
]


@pytest.mark.parametrize("command", ON_MEMBERS)
async def test_members_of_others_are_not_found(
    app: Application, organization_id: UUID, command: Callable[[UUID, UUID], Command[Any]]
) -> None:
    elsewhere = await factories.organization(app)
    person = await factories.member(app, elsewhere)
    looks = Looks(app.pool, elsewhere)
    before = await looks.actions()

    for organization, member_id in ((organization_id, person.id), (organization_id, new_id())):
        with pytest.raises(NotFound) as raised:
            await app.execute(command(organization, member_id), SYSTEM)
        assert raised.value.kind == "member"

    assert await looks.actions() == before


async def test_groups_of_others_are_not_found(app: Application, organization_id: UUID) -> None:
    elsewhere = await factories.organization(app)
    group_id = await factories.group(app, elsewhere)
    (person,) = await factories.members(app, organization_id, 1)
    add = MembershipEdit(EditKind.ADD, frozenset({person}))
    commands: list[Command[Any]] = [
        ReviseGroup(organization_id, group_id, display_name="x"),
        ReviseGroup(organization_id, group_id, memberships=(add,)),
        ReviseGroup(organization_id, group_id),
        DeleteGroup(organization_id, group_id),
        InviteMember(organization_id, "a@x.org", ProvisioningSource.CLI, group_ids=(group_id,)),
    ]
    for command in commands:
        with pytest.raises(NotFound) as raised:
            await app.execute(command, SYSTEM)
        assert raised.value.kind == "group"
    assert await Looks(app.pool, elsewhere).group_members(group_id) == set()
    assert len(await Looks(app.pool, organization_id).actions()) == 2


async def test_members_of_others_are_no_members_here(
    app: Application, organization_id: UUID
) -> None:
    elsewhere = await factories.organization(app)
    (stranger,) = await factories.members(app, elsewhere, 1)
    group_id = await factories.group(app, organization_id)
    add = MembershipEdit(EditKind.ADD, frozenset({stranger}))

    outcome = await app.execute(ReviseGroup(organization_id, group_id, memberships=(add,)), SYSTEM)

    assert outcome.changed is False
    (notice,) = outcome.warnings
    assert notice.sentence == f"Left out of the group, as no such member exists: {stranger}."
