"""The chain as the admin API shows it: its head, how far it was verified, where it is broken."""

from __future__ import annotations

import asyncpg

from domain.application import Application
from domain.clock import utc_now
from domain.store.audit_verifier import verify_batch
from domain.vocabulary import Scope
from graphql_schema.scalars import parse_instant
from tests.domain.past import seal_all
from tests.support import factories
from tests.support.graphql import Api

CHAIN = "auditChain { position hash verifiedThrough verifiedAt brokenAt }"


async def verify(app: Application, caller: Api) -> None:
    async with app.pool.acquire() as connection:
        await verify_batch(connection, caller.organization_id, utc_now())


async def test_the_chain_and_its_last_verification(app: Application, caller: Api) -> None:
    empty = (await caller.ask_here(CHAIN))["auditChain"]
    await factories.members(app, caller.organization_id, 2)
    last = (await seal_all(app, caller.organization_id)).position
    unverified = (await caller.ask_here(CHAIN))["auditChain"]
    before = utc_now()
    await verify(app, caller)
    found = await caller.ask_here(f"{CHAIN} auditEvents(first: 1) {{ nodes {{ position hash }} }}")

    assert empty == {
        "position": 0,
        "hash": "0" * 64,
        "verifiedThrough": 0,
        "verifiedAt": None,
        "brokenAt": None,
    }
    newest = found["auditEvents"]["nodes"][0]
    assert unverified == {**newest, "verifiedThrough": 0, "verifiedAt": None, "brokenAt": None}
    shown = found["auditChain"]
    assert before <= parse_instant(shown.pop("verifiedAt")) <= utc_now()
    assert shown == {**newest, "verifiedThrough": last, "brokenAt": None}


async def test_a_break_is_shown_where_it_is_and_nowhere_else(
    app: Application, caller: Api, owner_database_url: str
) -> None:
    other = await caller.elsewhere()
    for each in (caller, other):
        await factories.members(app, each.organization_id, 4)
        await seal_all(app, each.organization_id)
    owner = await asyncpg.connect(owner_database_url)
    await owner.execute(
        "UPDATE audit_events SET subject_label = 'somebody else'"
        " WHERE organization_id = $1 AND position = 3",
        caller.organization_id,
    )
    await owner.close()
    for each in (caller, other):
        await verify(app, each)

    found = (await caller.ask_here(CHAIN))["auditChain"]
    untouched = (await other.ask_here(CHAIN))["auditChain"]

    assert (found["verifiedThrough"], found["brokenAt"]) == (2, 3)
    assert untouched["brokenAt"] is None
    assert untouched["verifiedThrough"] == untouched["position"]


async def test_it_needs_the_scope(caller: Api) -> None:
    query = f"query ($org: ID!) {{ organization(by: {{id: $org}}) {{ {CHAIN} }} }}"
    without = await caller.with_scopes(*(set(Scope) - {Scope.AUDIT_READ}))
    with_it = await caller.with_scopes(Scope.AUDIT_READ)

    assert await without.codes(query, org=caller.org) == ["FORBIDDEN"]
    assert await with_it.codes(query, org=caller.org) == []
