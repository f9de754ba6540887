"""`rollcall env`: what a shell needs to call the server, for `eval "$(rollcall env)"`."""

from __future__ import annotations

import shlex
import sys
from datetime import timedelta
from typing import Annotated

import typer

from api.cli.access import Access, lend_access
from api.cli.console import say
from api.cli.work import with_runtime
from api.runtime import Runtime
from domain.queries.directory import find_organization

app = typer.Typer(add_completion=False)

LIFETIME = timedelta(days=1)


@app.command()
def env(
    organization: Annotated[
        str, typer.Option("--organization", "-o", help="The organization's id, slug or name.")
    ] = "demo",
) -> None:
    """For trying things out: eval "$(rollcall env)". Every call makes a new key and a new token."""

    async def work(runtime: Runtime) -> Access:
        found = await find_organization(runtime.reader, organization)
        return await lend_access(runtime, found.id, "rollcall env", LIFETIME)

    access = with_runtime(work)
    variables = {
        "SCIM_BASE_URL": access.scim_url,
        "SCIM_API_KEY": access.scim_key or "",
        "GRAPHQL_URL": access.graphql_url,
        "AUDIT_EXPORT_URL": access.audit_export_url,
        "ACCESS_TOKEN": access.token or "",
    }
    for name, value in variables.items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    if sys.stdout.isatty():
        say('\nA key and a token for one day. To set the variables: eval "$(rollcall env)"')
