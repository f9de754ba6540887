"""`rollcall scim guard`: what the deprovision guard holds, and the decision about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import typer

from api.cli.console import Line, print_json, print_result, print_rows, say
from api.cli.session import AsJson
from api.cli.work import OrganizationOption, execute, with_runtime
from api.runtime import Runtime
from api.settings import Switch
from domain.commands import ResolveDeprovisionGuard
from domain.errors import ScimDisabled
from domain.queries.deprovision_guard import GuardRow, HeldRow, guards_of, page_held
from domain.queries.directory import find_organization, scim_connection
from domain.queries.paging import MAX_PAGE, Window
from domain.store.connection_rows import ScimConnection
from domain.vocabulary import GuardResolution

app = typer.Typer(no_args_is_help=True, add_completion=False)
_COLUMNS = {"action": "action", "member": "member", "memberId": "member id", "heldAt": "held at"}


@dataclass(frozen=True, slots=True)
class _Seen:
    """The guard as the command found it."""

    connection: ScimConnection
    is_on: bool
    guard: GuardRow
    held: list[HeldRow]


@app.callback()
def guard() -> None:
    """What the deprovision guard holds, and the decision about it."""


@app.command()
def show(organization: OrganizationOption, as_json: AsJson = False) -> None:
    """The state of the guard, and the first hundred calls that it holds."""
    seen = with_runtime(lambda runtime: _look(runtime, organization))
    rows = [
        {
            "action": row.action,
            "member": row.member_label,
            "memberId": row.member_id,
            "heldAt": row.held_at,
        }
        for row in seen.held
    ]
    if as_json:
        print_json({line.key: line.value for line in _lines(seen)} | {"heldItems": rows})
        return
    print_result(_lines(seen), as_json=False)
    if rows:
        print_rows(_COLUMNS, rows, as_json=False)
    say("Members who were created within the last hour are never held, and do not count.")


@app.command()
def release(organization: OrganizationOption, as_json: AsJson = False) -> None:
    """Have everything that is held carried out; the servers do it in the background."""
    _resolve(organization, GuardResolution.RELEASE, as_json=as_json)


@app.command()
def refuse(organization: OrganizationOption, as_json: AsJson = False) -> None:
    """Drop everything that is held: those members stay."""
    _resolve(organization, GuardResolution.REFUSE, as_json=as_json)


def _resolve(organization: str, resolution: GuardResolution, *, as_json: bool) -> None:
    async def work(runtime: Runtime) -> tuple[Any, _Seen]:
        found = await find_organization(runtime.reader, organization)
        outcome = await execute(runtime, ResolveDeprovisionGuard(found.id, resolution))
        return outcome, await _look(runtime, organization)

    outcome, seen = with_runtime(work)
    lines = [
        Line("organization id", "organizationId", seen.connection.organization_id),
        Line("state", "state", seen.guard.state),
        Line("changed", "changed", outcome.changed),
        Line("decided", "decided", outcome.value),
    ]
    print_result(lines, as_json=as_json)
    if not outcome.changed:
        say("The guard holds nothing.")


async def _look(runtime: Runtime, organization: str) -> _Seen:
    """Raises ScimDisabled when provisioning was never on."""
    found = await find_organization(runtime.reader, organization)
    connection = await scim_connection(runtime.reader, found.id)
    if connection is None:
        raise ScimDisabled
    guards = await guards_of(runtime.reader, [found.id])
    held = await page_held(runtime.reader, found.id, Window(MAX_PAGE))
    is_on = connection.guard.enabled and runtime.settings.deprovision_guard is Switch.ON
    return _Seen(connection, is_on, guards.get(found.id, GuardRow()), list(held.rows))


def _lines(seen: _Seen) -> list[Line]:
    return [
        Line("organization id", "organizationId", seen.connection.organization_id),
        Line("enabled", "enabled", seen.is_on),
        Line("state", "state", seen.guard.state),
        Line("since", "since", seen.guard.since),
        Line("held", "held", seen.guard.held),
        Line("members", "maxMembers", seen.connection.guard.max_members),
        Line("percent", "maxPercent", seen.connection.guard.max_percent),
    ]
