"""The figures of the deprovision guard, and what it costs where it is on and where it is off."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.commands import (
    DeprovisionLimit,
    EnableScim,
    UpdateScimConnection,
)
from domain.errors import Invalid
from domain.ids import UUID
from domain.vocabulary import OnProvision
from tests.support.counting import counting
from tests.support.factories import SYSTEM
from tests.support.guard import Watched, tripped, watched


async def test_members_are_counted_once_an_hour(app: Application) -> None:
    acme = await watched(app, max_members=1, max_percent=80)
    people = await acme.people(10)
    watching, pool = counting(app)
    acme = Watched(watching, acme.organization_id, acme.limit, acme.caller)

    for id_ in people[:4]:
        await acme.remove(id_)

    assert sum("FROM member_counts" in text for text, _ in pool.statements) == 1


async def test_without_a_limit_nothing_is_locked_or_counted(app: Application) -> None:
    acme = await watched(app)
    people = await acme.people(1)
    counted, pool = counting(app)
    acme = Watched(counted, acme.organization_id, None, acme.caller)  # type: ignore[arg-type]

    await acme.revoke(people[0])

    assert len(pool.statements) == 2
    assert await acme.state() is None


async def test_what_a_guarded_revocation_costs(app: Application) -> None:
    acme = await watched(app, max_members=100)
    people = await acme.people(2)
    await acme.revoke(people[0])
    counted, pool = counting(app)
    acme = Watched(counted, acme.organization_id, acme.limit, acme.caller)

    await acme.revoke(people[1])
    # Read, begin, guard, held, member, window, count, write, commit.
    assert len(pool.statements) == 9

    pool.statements.clear()
    await acme.set_active(people[1], active=True)
    # Read, and a write that asks for the organization's policies itself.
    assert len(pool.statements) == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"guard_max_members": -1}, "guardMaxMembers must lie between 0 and 1000000."),
        ({"guard_max_members": 1_000_001}, "guardMaxMembers must lie between 0 and 1000000."),
        ({"guard_max_percent": 101}, "guardMaxPercent must lie between 0 and 100."),
        ({"guard_max_percent": -1}, "guardMaxPercent must lie between 0 and 100."),
    ],
)
async def test_figures_have_limits(acme: Watched, given: dict[str, Any], message: str) -> None:
    with pytest.raises(Invalid) as raised:
        await acme.app.execute(UpdateScimConnection(acme.organization_id, **given), SYSTEM)

    assert raised.value.message == message


async def test_it_is_not_switched_off_while_it_holds(acme: Watched) -> None:
    off = UpdateScimConnection(acme.organization_id, guard_enabled=False)
    people = await tripped(acme)

    with pytest.raises(Invalid, match="cannot be switched off while calls are held"):
        await acme.app.execute(off, SYSTEM)
    await acme.set_active(people[2], active=True)

    assert (await acme.app.execute(off, SYSTEM)).value.guard.enabled is False


def test_the_greater_figure_holds() -> None:
    limit = DeprovisionLimit(UUID(int=1), max_members=50, max_percent=10)

    assert [limit.allowed(members) for members in (0, 499, 500, 509, 510, 100_000)] == [
        50, 50, 50, 50, 51, 10_000,
    ]  # fmt: skip


async def test_the_history_names_settings_as_the_admin_api_does(
    app: Application, organization_id: UUID
) -> None:
    await app.execute(EnableScim(organization_id), SYSTEM)

    await app.execute(
        UpdateScimConnection(
            organization_id,
            content_type="application/json",
            on_provision=OnProvision.STAGE,
            guard_max_members=7,
        ),
        SYSTEM,
    )

    told = await app.pool.fetchval(
        "SELECT changes FROM audit_events WHERE organization_id = $1"
        " AND action = 'scim_connection.updated'",
        organization_id,
    )
    assert {change["attribute"]: change["after"] for change in told} == {
        "contentType": "application/json",
        "onProvision": "STAGE",
        "guardMaxMembers": "7",
    }
