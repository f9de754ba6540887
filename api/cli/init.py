"""`rollcall init`: an organization with its owner, SCIM key and access token."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.access import Access, create_organization
from api.cli.console import print_result, say
from api.cli.session import EXISTS, AsJson, fail
from api.cli.work import with_runtime
from api.runtime import Runtime
from domain.errors import Taken
from domain.queries.directory import find_organization

app = typer.Typer(add_completion=False)


@app.command()
def init(
    organization: Annotated[str, typer.Option("--organization", "-o", help="Its name.")],
    owner: Annotated[str, typer.Option(help="E-mail address of its owner.")],
    as_json: AsJson = False,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="An organization of that name is fine as it is.")
    ] = False,
) -> None:
    """Secrets are shown this once. An existing name is exit code 3."""

    async def work(runtime: Runtime) -> Access:
        try:
            return await create_organization(runtime, organization, owner)
        except Taken as taken:
            if taken.kind != "organization":
                raise
            if not if_missing:
                fail(
                    f"There is an organization named {organization!r} already; with --if-missing"
                    " that is fine.",
                    EXISTS,
                )
            existing = await find_organization(runtime.reader, str(taken.existing or organization))
            return Access(existing, runtime.settings.public_url)

    access = with_runtime(work, make=True)
    if access.scim_key is None:
        say(f"The organization {access.organization.name} exists; nothing was changed.")
    print_result(access.lines(), as_json=as_json)
    if access.scim_key is not None and not as_json:
        say("\nKey and token are shown this once. Keep them where secrets are kept.")
        say("The owner signs in with the link: once, within 15 minutes.")
        say(f"Another one: rollcall sign-in-link --email {owner}")
