"""Organizations and access tokens: founding, renaming, seat limits, secrets of administrators."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from domain.application import Application, Command
from domain.commands import (
    CreateAccessToken,
    CreateOrganization,
    RevokeAccessToken,
    UpdateOrganization,
)
from domain.errors import (
    Invalid,
    NotFound,
    SeatLimitReached,
    Taken,
    VersionConflict,
)
from domain.ids import UUID, new_id
from domain.queries.access_tokens import find_access_token
from domain.queries.reader import Reader
from domain.secrets import read_secret
from domain.vocabulary import Scope
from tests.support import factories
from tests.support.factories import SYSTEM, Looks, unique

SCOPES = frozenset({Scope.AUDIT_READ, Scope.MEMBERS_READ})


async def row_of(app: Application, organization_id: UUID) -> Any:
    return await app.pool.fetchrow("SELECT * FROM organizations WHERE id = $1", organization_id)


async def test_founding(app: Application) -> None:
    name = unique("Acme Ünd")

    made = await app.execute(CreateOrganization(f"  {name} ", "Owner@Example.com", 3), SYSTEM)

    row = await row_of(app, made.value)
    assert (row["name"], row["slug"]) == (name, "acme-nd-" + name[-16:])
    assert (row["seats"], row["seats_occupied"], row["version"]) == (3, 1, 1)
    looks = Looks(app.pool, made.value)
    assert await looks.actions() == [
        "organization.created",
        "member.invited",
        "member.accepted",
        "member.confirmed",
    ]
    (owner,) = await looks.rows("SELECT * FROM members WHERE organization_id = $1")
    assert (owner["role"], owner["stage"], owner["source"]) == ("OWNER", "CONFIRMED", "CLI")
    assert (owner["user_name"], owner["email_key"]) == ("Owner@Example.com", "owner@example.com")
    assert await looks.invitations(owner["id"]) == []
    assert await looks.rows("SELECT id FROM mails WHERE organization_id = $1") == []
    (account,) = await app.pool.fetch(
        "SELECT id, email_key FROM accounts WHERE id = $1", owner["account_id"]
    )
    assert account["email_key"] == "owner@example.com"
    (way,) = await looks.rows("SELECT * FROM account_memberships WHERE organization_id = $1")
    assert (way["account_id"], way["member_id"]) == (account["id"], owner["id"])


async def test_names_are_taken_however_they_are_spelled(app: Application) -> None:
    name = unique("Straße")
    first = await app.execute(CreateOrganization(name), SYSTEM)

    with pytest.raises(Taken) as raised:
        await app.execute(CreateOrganization(name.upper().replace("SS", "ẞ")), SYSTEM)

    assert (raised.value.attribute, raised.value.existing) == ("name", first.value)


@pytest.mark.parametrize("seats", [-1, 2_147_483_648])
async def test_seats_that_cannot_be(app: Application, organization_id: UUID, seats: int) -> None:
    commands: list[Command[Any]] = [
        CreateOrganization(unique("new"), seats=seats),
        UpdateOrganization(organization_id, seats=seats),
    ]
    for command in commands:
        with pytest.raises(Invalid) as raised:
            await app.execute(command, SYSTEM)
        assert raised.value.attribute == "seatLimit"


async def test_no_owner_fits_into_no_seats(app: Application) -> None:
    name = unique("none")

    with pytest.raises(SeatLimitReached):
        await app.execute(CreateOrganization(name, "a@example.com", 0), SYSTEM)

    assert (await app.execute(CreateOrganization(name, seats=0), SYSTEM)).changed


async def test_changing(app: Application, organization_id: UUID, looks: Looks) -> None:
    await factories.members(app, organization_id, 2)
    first, name = (await row_of(app, organization_id))["name"], unique("other")

    async def update(**given: Any) -> tuple[bool, Any]:
        outcome = await app.execute(UpdateOrganization(organization_id, **given), SYSTEM)
        return outcome.changed, await row_of(app, organization_id)

    changed, row = await update(name=name, seats=1)
    assert changed
    assert (row["name"], row["version"]) == (name, 2)
    assert (row["seats"], row["seats_occupied"]) == (1, 2)
    assert await update(name=name, seats=1) == (False, row)
    assert await update() == (False, row)
    _, row = await update(seats=0)
    assert (row["seats"], row["seats_occupied"], row["version"]) == (0, 2, 3)
    _, row = await update(seats_unlimited=True)
    assert (row["seats"], row["seats_occupied"], row["version"]) == (None, None, 4)
    with pytest.raises(VersionConflict) as raised:
        await update(seats=9, expected_version=3)
    assert raised.value.current == 4
    with pytest.raises(NotFound):
        await app.execute(UpdateOrganization(new_id(), seats=1), SYSTEM)
    taken = await row_of(app, await factories.organization(app))
    with pytest.raises(Taken):
        await update(name=taken["name"].upper())
    events = await looks.rows(
        "SELECT changes FROM audit_events WHERE organization_id = $1"
        " AND action = 'organization.updated' ORDER BY sequence"
    )
    assert [
        [(change["attribute"], change["before"], change["after"]) for change in event["changes"]][
            -2:
        ]
        for event in events
    ] == [
        [("name", first, name), ("seats", None, "1")],
        [("seats", "1", "0")],
        [("seats", "0", None)],
    ]


async def test_a_token(app: Application, organization_id: UUID, looks: Looks) -> None:
    made = await app.execute(CreateAccessToken(organization_id, " script ", SCOPES), SYSTEM)

    presented = read_secret("adm", 1, made.value.secret)
    assert presented is not None
    assert presented.ids == (made.value.id,)
    found = await find_access_token(Reader(app.pool), made.value.id)
    assert found is not None
    assert presented.matches(found.secret_hash)
    assert (found.name, found.scopes) == ("script", ("AUDIT_READ", "MEMBERS_READ"))
    assert found.expires_at == found.created_at + timedelta(days=90)
    assert (found.created_by_kind, found.created_by_label) == ("SYSTEM_PROCESS", "tests")
    assert made.value.secret not in repr(made.value)

    for changed in (True, False):
        revoked = await app.execute(RevokeAccessToken(made.value.id), SYSTEM)
        assert revoked.changed is changed
    found = await find_access_token(Reader(app.pool), made.value.id)
    assert found is not None
    assert found.revoked_at is not None
    assert await looks.actions(made.value.id) == ["access_token.created", "access_token.revoked"]


async def test_history_tells_instants_in_utc(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    moment = datetime(2126, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))
    token = CreateAccessToken(organization_id, "script", SCOPES, moment)

    made = await app.execute(token, SYSTEM)

    (event,) = await looks.rows(
        "SELECT changes FROM audit_events WHERE organization_id = $1 AND subject_id = $2",
        made.value.id,
    )
    assert event["changes"][-1]["after"] == "2126-01-02T01:04:05.000000Z"


@pytest.mark.parametrize(
    ("given", "attribute"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"scopes": frozenset()}, "scopes"),
        ({"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, "expiresAt"),
    ],
)
async def test_tokens_that_cannot_be(
    app: Application, organization_id: UUID, given: dict[str, Any], attribute: str
) -> None:
    whole = {"name": "script", "scopes": SCOPES} | given

    with pytest.raises(Invalid) as raised:
        await app.execute(CreateAccessToken(organization_id, **whole), SYSTEM)

    assert raised.value.attribute == attribute


async def test_tokens_of_nowhere(app: Application, organization_id: UUID) -> None:
    with pytest.raises(NotFound):
        await app.execute(CreateAccessToken(new_id(), "script", SCOPES), SYSTEM)
    with pytest.raises(NotFound):
        await app.execute(RevokeAccessToken(new_id()), SYSTEM)
    made = await app.execute(CreateAccessToken(None, "everywhere", SCOPES), SYSTEM)
    bound = factories.caller(organization_id=organization_id)
    with pytest.raises(NotFound):
        await app.execute(RevokeAccessToken(made.value.id), bound)
