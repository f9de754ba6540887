"""Signs of life of the provisioning endpoint: health, activity, and who has one switched on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.application import Application
from domain.clock import utc_now
from domain.commands import DisableScim, EnableScim
from domain.queries.reader import Reader
from domain.queries.scim_connections import connections_of
from domain.vocabulary import ProvisioningOutcome, Scope
from tests.support.factories import SYSTEM
from tests.support.graphql import Api
from tests.support.request_log import entry, write_requests

DAY = datetime(2026, 3, 1, tzinfo=UTC)
APPLIED, UNCHANGED, REJECTED, FAILED = ProvisioningOutcome


async def health(caller: Api) -> str:
    found = await caller.ask_here("scimConnection { health }")
    return str(found["scimConnection"]["health"])


async def logged(
    app: Application, caller: Api, at: datetime, outcome: ProvisioningOutcome, status: int = 200
) -> None:
    request = entry(caller.organization_id, received_at=at, outcome=outcome, status_code=status)
    await write_requests(app, [request])


async def test_health_follows_what_comes(app: Application, caller: Api) -> None:
    owner, now = caller.organization_id, utc_now()
    assert await caller.ask_here("scimConnection { health }") == {"scimConnection": None}
    await app.execute(EnableScim(owner), SYSTEM)
    assert await health(caller) == "NEVER_CONTACTED"

    await logged(app, caller, now - timedelta(days=3, minutes=2), APPLIED)
    assert await health(caller) == "SILENT"
    await logged(app, caller, now - timedelta(minutes=9), APPLIED)
    assert await health(caller) == "HEALTHY"
    await logged(app, caller, now - timedelta(minutes=8), REJECTED, 400)
    assert await health(caller) == "FAILING"
    await logged(app, caller, now - timedelta(minutes=7), UNCHANGED)
    assert await health(caller) == "HEALTHY"
    await logged(app, caller, now - timedelta(minutes=6), FAILED, 500)
    assert await health(caller) == "FAILING"
    await logged(app, caller, now - timedelta(minutes=5), APPLIED)
    # Looking for people who are not there, and finding others, is what providers do all day.
    for status in (404, 409):
        await logged(app, caller, now - timedelta(minutes=4), REJECTED, status)
    assert await health(caller) == "HEALTHY"

    await app.execute(DisableScim(owner), SYSTEM)
    assert await health(caller) == "DISABLED"
    await app.execute(EnableScim(owner), SYSTEM)
    assert await health(caller) == "HEALTHY"


async def test_silence_begins_after_three_days(app: Application, caller: Api) -> None:
    owner = caller.organization_id
    await app.execute(EnableScim(owner), SYSTEM)
    await logged(app, caller, DAY, APPLIED)
    row = (await connections_of(Reader(app.pool), [owner]))[owner]

    assert row.health(DAY + timedelta(days=3)).name == "HEALTHY"
    assert row.health(DAY + timedelta(days=3, microseconds=1)).name == "SILENT"
    # An error that nobody has spoken after stays what an operator should look at.
    failing = replace(row, last_error_at=DAY)
    assert failing.health(DAY + timedelta(days=30)).name == "FAILING"


async def buckets(caller: Api, start: str, end: str) -> list[dict[str, Any]]:
    found = await caller.ask_here(
        f'scimConnection {{ activity(window: {{from: "{start}", to: "{end}"}}) {{'
        " startsAt applied unchanged rejected failed } }"
    )
    shown: list[dict[str, Any]] = found["scimConnection"]["activity"]
    return shown


@pytest.fixture
async def busy(app: Application, caller: Api) -> Api:
    """An endpoint with requests around midnight, and one at the end of the month."""
    await app.execute(EnableScim(caller.organization_id), SYSTEM)
    for at, outcome in (
        (DAY - timedelta(microseconds=1), FAILED),
        (DAY, APPLIED),
        (DAY + timedelta(minutes=59, seconds=59), APPLIED),
        (DAY + timedelta(hours=1), REJECTED),
        (DAY + timedelta(hours=25), UNCHANGED),
        (DAY + timedelta(days=30), APPLIED),
    ):
        await logged(app, caller, at, outcome)
    return caller


def bucket(at: str, **numbers: int) -> dict[str, Any]:
    none = {"applied": 0, "unchanged": 0, "rejected": 0, "failed": 0}
    return {"startsAt": f"{at}:00:00.000000Z", **none, **numbers}


async def test_by_the_hour_with_those_in_which_nothing_came(busy: Api) -> None:
    found = await buckets(busy, "2026-03-01T00:00:00Z", "2026-03-01T04:00:00Z")

    assert found == [
        bucket("2026-03-01T00", applied=2),
        bucket("2026-03-01T01", rejected=1),
        bucket("2026-03-01T02"),
        bucket("2026-03-01T03"),
    ]


async def test_the_window_is_half_open_and_in_any_time_zone(busy: Api) -> None:
    # Half an hour from 00:30 on, as India writes it.
    found = await buckets(busy, "2026-03-01T06:00:00+05:30", "2026-03-01T06:30:00+05:30")
    assert found == [bucket("2026-03-01T00", applied=1)]

    found = await buckets(busy, "2026-02-28T18:00:00-05:00", "2026-02-28T19:00:00-05:00")
    assert found == [bucket("2026-02-28T23", failed=1)]


@pytest.mark.parametrize(
    ("days", "microseconds", "count", "second"),
    [(3, 0, 72, "2026-03-01T01"), (3, 1, 4, "2026-03-02T00"), (30, 0, 30, "2026-03-02T00")],
)
async def test_hours_up_to_three_days_and_days_beyond(
    busy: Api, days: int, microseconds: int, count: int, second: str
) -> None:
    end = DAY + timedelta(days=days, microseconds=microseconds)
    found = await buckets(busy, DAY.isoformat(), end.isoformat())

    assert len(found) == count
    assert found[1]["startsAt"] == f"{second}:00:00.000000Z"
    assert sum(each["applied"] for each in found) == 2
    assert sum(each["failed"] for each in found) == 0


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-03-01T00:00:00Z", "2026-03-31T00:00:00.000001Z", "may be of at most 30 days"),
        ("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", "may be of at most 30 days"),
        ("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", "must end after it begins"),
        ("2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z", "must end after it begins"),
    ],
)
async def test_a_window_has_bounds(busy: Api, start: str, end: str, said: str) -> None:
    query = (
        "query ($org: ID!, $window: DateTimeRange!) { organization(by: {id: $org}) {"
        " scimConnection { activity(window: $window) { applied } } } }"
    )

    body = (await busy.post(query, {"org": busy.org, "window": {"from": start, "to": end}})).json()

    (error,) = body["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert said in error["message"]


async def test_organizations_by_whether_scim_is_on(app: Application, caller: Api) -> None:
    on, off, never = caller, await caller.elsewhere(), await caller.elsewhere()
    for each in (on, off):
        await app.execute(EnableScim(each.organization_id), SYSTEM)
    await app.execute(DisableScim(off.organization_id), SYSTEM)
    everywhere = await caller.everywhere()

    async def those(enabled: str, asking: Api) -> set[str]:
        query = (
            "query ($after: String) { organizations(filter: {scimEnabled: %s}, first: 100,"
            " after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }"
        )
        seen: set[str] = set()
        after = None
        while True:
            found = (await asking.ask(query % enabled, after=after))["organizations"]
            seen |= {node["id"] for node in found["nodes"]}
            after = found["pageInfo"]["endCursor"]
            if not found["pageInfo"]["hasNextPage"]:
                assert len(seen) == found["totalCount"]
                return seen

    ours = {on.org, off.org, never.org}
    assert await those("true", everywhere) & ours == {on.org}
    assert await those("false", everywhere) & ours == {off.org, never.org}
    assert await those("true", on) == {on.org}
    assert await those("true", off) == set()
    limited = await on.with_scopes(Scope.ORGANIZATION_READ)
    query = "{ organizations(filter: {scimEnabled: true}) { nodes { id } } }"
    assert await limited.codes(query) == ["FORBIDDEN"]
