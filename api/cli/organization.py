"""`rollcall organization`: which organizations there are."""

from __future__ import annotations

from dataclasses import asdict

import typer

from api.cli.console import print_rows
from api.cli.session import AsJson
from api.cli.work import with_runtime
from api.runtime import Runtime
from domain.queries.directory import OrganizationEntry, all_organizations

app = typer.Typer(no_args_is_help=True, add_completion=False)

_COLUMNS = {
    "id": "id",
    "slug": "slug",
    "name": "name",
    "scimEnabled": "SCIM",
    "provider": "provider",
    "createdAt": "created",
}


@app.callback()
def organization() -> None:
    """Organizations of this deployment."""


@app.command("list")
def list_organizations(as_json: AsJson = False) -> None:
    """List them by name."""

    async def work(runtime: Runtime) -> list[OrganizationEntry]:
        return await all_organizations(runtime.reader)

    rows = [
        asdict(entry) | {"scimEnabled": entry.scim_enabled, "createdAt": entry.created_at}
        for entry in with_runtime(work)
    ]
    print_rows(_COLUMNS, rows, as_json=as_json)
