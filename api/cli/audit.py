"""`rollcall audit`: the history of an organization, taken elsewhere, checked, watched."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, Any

import typer

from api.cli.console import Line, print_result, say
from api.cli.session import FAILED, AsJson
from api.cli.work import OrganizationOption, with_runtime
from api.plain_text import printable
from api.runtime import Runtime
from domain.queries.audit_export import PAGE, as_json_lines, end_of_chain, export, sealed_events
from domain.queries.audit_verification import verify_chain
from domain.queries.directory import find_organization

app = typer.Typer(no_args_is_help=True, add_completion=False)

AfterOption = Annotated[int, typer.Option(min=0, help="Begin after this position.")]


@app.callback()
def audit() -> None:
    """The history: who did what to whom, numbered without gaps and chained by hash."""


@app.command("export")
def export_events(
    organization: OrganizationOption,
    after: AfterOption = 0,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV instead of JSON lines.")] = False,
) -> None:
    """Write the history to standard output, one event on a line.

    The last line's position is where the next export goes on: --after.
    """

    async def work(runtime: Runtime) -> None:
        found = await find_organization(runtime.reader, organization)
        async for part in export(runtime.pool, found.id, after, as_csv=as_csv):
            _write(part)

    with_runtime(work)


@app.command()
def verify(organization: OrganizationOption, as_json: AsJson = False) -> None:
    """Compute the chain of hashes anew. Exit code 1 where it is broken."""

    async def work(runtime: Runtime) -> tuple[int | None, int, str]:
        found = await find_organization(runtime.reader, organization)
        broken = await verify_chain(runtime.pool, found.id)
        return broken, *await end_of_chain(runtime.pool, found.id)

    broken, position, last = with_runtime(work)
    lines = [
        Line("events", "position", position),
        Line("last hash", "hash", last or None),
        Line("holds", "holds", broken is None),
        Line("broken at", "brokenAt", broken),
    ]
    print_result(lines, as_json=as_json)
    if broken is not None:
        say(f"The history was changed after the fact: position {broken} does not fit.")
        raise typer.Exit(FAILED)


@app.command()
def tail(
    organization: OrganizationOption,
    lines: Annotated[int, typer.Option("-n", min=0, max=PAGE, help="How many events.")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for further ones.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, as exported.")] = False,
) -> None:
    """Show the newest events, oldest first."""

    async def work(runtime: Runtime) -> None:
        found = await find_organization(runtime.reader, organization)
        position, _ = await end_of_chain(runtime.pool, found.id)
        after = max(0, position - lines)
        while True:
            events = await sealed_events(runtime.pool, found.id, after)
            if events:
                after = events[-1]["position"]
                _write(as_json_lines(events) if as_json else _to_read(events))
            elif not follow:
                return
            else:
                await asyncio.sleep(1)

    with_runtime(work)


def _to_read(events: list[dict[str, Any]]) -> bytes:
    return "".join(f"{sentence_of(event)}\n" for event in events).encode()


def sentence_of(event: dict[str, Any]) -> str:
    """One event as a line to read."""
    changed = ", ".join(change["attribute"] for change in event["changes"])
    moment = event["occurred_at"][:19].replace("T", " ")
    about = f"{moment}Z  {event['action']}  {event['subject_label']}"
    by = f"by {event['actor_label']} ({event['origin']})"
    sentence = f"{event['position']:>8}  {about}  {by}{f': {changed}' if changed else ''}"
    return printable(sentence)


def _write(data: bytes) -> None:
    sys.stdout.write(data.decode())
    sys.stdout.flush()
