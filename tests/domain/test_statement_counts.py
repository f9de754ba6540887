"""How many statements the hot paths send, whatever the size of what they touch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from domain.application import Application, Command
from domain.commands import (
    ConfirmMember,
    EditKind,
    Member,
    ProvisionMember,
    RemoveMember,
    RestoreMember,
    RevisedState,
    ReviseGroup,
    ReviseMember,
    RevokeMember,
    UpdateOrganization,
)
from domain.ids import UUID
from domain.queries.members import get_member, list_members
from domain.queries.reader import Reader
from domain.vocabulary import MemberStatus
from tests.domain.membership import edit
from tests.support import factories
from tests.support.counting import counting
from tests.support.factories import SYSTEM
from tests.support.key_pairs import keys
from tests.support.keyed import keyed

LARGE = 10_000
_FILL = (
    "WITH made AS (INSERT INTO members (organization_id, id, user_name, user_name_key, profile,"
    " stage, source, created_at, updated_at, version)"
    " SELECT $1, gen_random_uuid(), n, n, '{}', 'STAGED', 'SCIM', now(), now(), 1"
    " FROM (SELECT 'filler-' || generate_series(1, $3::int)) AS names (n) RETURNING id)"
    " INSERT INTO group_members (organization_id, group_id, member_id) SELECT $1, $2, id FROM made"
)


async def statements(app: Application, command: Command[Any]) -> int:
    """How many statements the command sends, begin and commit included."""
    counted, pool = counting(app)
    await counted.execute(command, SYSTEM)
    return len(pool.statements)


def named(name: str) -> Any:
    def change(member: Member) -> RevisedState:
        return RevisedState(replace(member.attributes, given_name=name))

    return change


async def test_provisioning_is_one_statement(app: Application, organization_id: UUID) -> None:
    command = ProvisionMember(organization_id, factories.attributes())

    assert await statements(app, command) == 1


async def test_revising_is_a_read_and_a_write(app: Application, organization_id: UUID) -> None:
    person = await factories.member(app, organization_id)

    assert await statements(app, ReviseMember(organization_id, person.id, named("A"))) == 2
    assert await statements(app, ReviseMember(organization_id, person.id, named("A"))) == 1


async def test_another_name_is_looked_for_first(app: Application, organization_id: UUID) -> None:
    person = await factories.member(app, organization_id)

    def change(member: Member) -> RevisedState:
        return RevisedState(factories.attributes(email=member.attributes.email))

    assert await statements(app, ReviseMember(organization_id, person.id, change)) == 3


async def test_revoking_is_a_read_and_a_write(app: Application, organization_id: UUID) -> None:
    person = await factories.member(app, organization_id, MemberStatus.CONFIRMED)

    assert await statements(app, RevokeMember(organization_id, person.id)) == 2
    assert await statements(app, RevokeMember(organization_id, person.id)) == 1


async def test_restoring_asks_of_an_account_too(app: Application, organization_id: UUID) -> None:
    domains = UpdateOrganization(organization_id, allowed_email_domains=("example.com",))
    await app.execute(domains, SYSTEM)
    invited = await factories.member(app, organization_id)
    await app.execute(RevokeMember(organization_id, invited.id), SYSTEM)
    linked = await factories.member(app, organization_id, MemberStatus.REVOKED)

    # The write itself asks whether the domain is allowed.
    assert await statements(app, RestoreMember(organization_id, invited.id)) == 2
    assert await statements(app, RestoreMember(organization_id, invited.id)) == 1
    # Finds that there is an account, then: begin, lock it, person and policies, write, commit.
    assert await statements(app, RestoreMember(organization_id, linked.id)) == 6


async def test_confirming_reads_organization_and_person_too(
    app: Application, organization_id: UUID
) -> None:
    person = await factories.member(app, organization_id, MemberStatus.ACCEPTED)

    assert await statements(app, ConfirmMember(organization_id, person.id)) == 4


async def test_handing_over_the_key_costs_a_transaction(app: Application) -> None:
    acme = await keyed(app)
    new = await acme.accepted(keys(1))

    async def confirming() -> int:
        wrapped, kid = acme.wrapped(keys(1)), keys(1).kid
        command = ConfirmMember(
            acme.organization_id,
            new.id,
            wrapped_organization_key=wrapped,
            public_key_thumbprint=kid,
        )
        return await statements(app, command)

    # Member and organization, of whom there is a person; then: begin, lock the account, hold the
    # organization's key, person and policies, write, commit.
    assert await confirming() == 8
    assert await confirming() == 7
    await acme.rotate()
    assert await confirming() == 8


async def test_a_seat_limit_costs_a_lock(app: Application) -> None:
    organization_id = await factories.organization(app, seats=10)
    command = ProvisionMember(organization_id, factories.attributes())

    # Tries without, looks whether a name is taken, then: begin, lock, count, write, commit.
    assert await statements(app, command) == 7


@pytest.mark.parametrize("size", [10, LARGE])
async def test_a_membership_change_costs_the_same_in_every_group(
    app: Application, organization_id: UUID, owner_database_url: str, size: int
) -> None:
    person = await factories.member(app, organization_id)
    group_id = await factories.group(app, organization_id)
    owner = await asyncpg.connect(owner_database_url)
    await owner.execute(_FILL, organization_id, group_id, size)
    await owner.close()

    def change(kind: EditKind) -> ReviseGroup:
        return edit(organization_id, group_id, kind, person.id)

    assert await statements(app, change(EditKind.ADD)) == 1
    assert await statements(app, change(EditKind.ADD)) == 1
    assert await statements(app, change(EditKind.REMOVE)) == 1
    # begin, lock, change, commit
    assert await statements(app, change(EditKind.REPLACE)) == 4


@pytest.mark.parametrize("groups", [1, 12])
async def test_removing_costs_the_same_with_any_number_of_groups(
    app: Application, organization_id: UUID, groups: int
) -> None:
    person = await factories.member(app, organization_id)
    for _ in range(groups):
        await factories.group(app, organization_id, frozenset({person.id}))

    # begin, hold seats, groups, lock, groups again, member, rows, member's row, commit
    assert await statements(app, RemoveMember(organization_id, person.id)) == 9


async def test_reads_are_one_statement(app: Application, organization_id: UUID) -> None:
    person = await factories.member(app, organization_id)
    await factories.group(app, organization_id, frozenset({person.id}))
    _, pool = counting(app)
    reader = Reader(pool)

    found = await get_member(reader, organization_id, person.id, with_groups=True)
    assert found is not None
    assert found.groups is not None
    assert len(found.groups) == 1
    assert len(pool.statements) == 1
    assert len(await list_members(reader, organization_id, limit=10)) == 1
    assert len(pool.statements) == 2
