"""`rollcall demo`: identity providers at work on the running server, and what came of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import typer
from gql.transport.exceptions import TransportError
from rich.text import Text

from api.cli.access import Access, create_organization, lend_access
from api.cli.console import STDOUT, print_table
from api.cli.first_look import OWNER
from api.cli.session import fail
from api.cli.work import with_runtime
from api.demo_flows import UnexpectedAnswer, play
from api.demo_report import ask
from api.runtime import Runtime
from domain.queries.directory import UnknownOrganization, find_organization

app = typer.Typer(add_completion=False)

SLUG = "demo"
LIFETIME = timedelta(hours=1)
SEALED_AFTER_S = 1.0


@app.command()
def demo() -> None:
    """Plays Okta, Entra ID and OneLogin on the organization Demo, then shows it over GraphQL."""

    async def work(runtime: Runtime) -> None:
        url = runtime.settings.public_url
        try:
            async with httpx.AsyncClient(timeout=10) as client:
                (await client.get(f"{url}/ready")).raise_for_status()
        except httpx.HTTPError:
            fail(
                f"No server is ready at {url}. Start one in another terminal: make run."
                " If it runs at another port, set ROLLCALL_PORT here, too."
            )
        access = await _access(runtime)
        try:
            await play(access.scim_url, access.scim_key or "", _note)
            # Request log and sealed history follow a moment later.
            await asyncio.sleep(SEALED_AFTER_S)
            _show(await ask(access.graphql_url, access.token or "", SLUG), access)
        except (UnexpectedAnswer, httpx.HTTPError, TransportError) as error:
            fail(f"The demonstration stopped: {error}")

    with_runtime(work)


async def _access(runtime: Runtime) -> Access:
    try:
        found = await find_organization(runtime.reader, SLUG)
    except UnknownOrganization:
        await create_organization(runtime, "Demo", OWNER)
        found = await find_organization(runtime.reader, SLUG)
    return await lend_access(runtime, found.id, "rollcall demo", LIFETIME)


def _note(provider: str, step: str) -> None:
    STDOUT.print(Text(f"{provider:<9} {step}"))


def _show(organization: dict[str, Any], access: Access) -> None:
    counts = {name: count for name, count in organization["memberCounts"].items() if count}
    _title(f"Members of {organization['name']}")
    STDOUT.print(Text(", ".join(f"{count} {name}" for name, count in counts.items())))
    print_table(
        ["member", "name", "status", "groups"],
        [
            [
                member["userName"],
                member["displayName"],
                member["status"],
                [group["displayName"] for group in member["groups"]["nodes"]],
            ]
            for member in organization["members"]["nodes"]
        ],
    )
    _title("Last SCIM requests")
    base = f"/v2/{access.organization.id}"
    print_table(
        ["request", "answer", "outcome", "ms", "warnings"],
        [
            [
                f"{call['method']} {call['path'].removeprefix(base)}"[:70],
                call["statusCode"],
                call["outcome"],
                call["durationMs"],
                " ".join(call["warnings"]),
            ]
            for call in organization["provisioningRequests"]["nodes"]
        ],
    )
    _title("Last changes")
    print_table(
        ["no.", "when", "what", "of", "by"],
        [
            [
                event["position"],
                event["occurredAt"],
                event["action"],
                event["subjectLabel"],
                event["actorLabel"],
            ]
            for event in organization["auditEvents"]["nodes"]
        ],
    )


def _title(text: str) -> None:
    STDOUT.print(Text(f"\n{text}", style="bold"))
