"""`rollcall sign-in-link`: a link to sign in with, for whoever operates the server."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.access import sign_in_url
from api.cli.console import Line, print_result, say
from api.cli.session import AsJson
from api.cli.work import with_runtime
from api.runtime import Runtime

app = typer.Typer(add_completion=False)


@app.command()
def sign_in_link(
    email: Annotated[str, typer.Option(help="Address of the person's account.")],
    as_json: AsJson = False,
) -> None:
    """Works once, for 15 minutes: whoever has it can sign in as that person."""

    async def work(runtime: Runtime) -> str:
        return await sign_in_url(runtime, email)

    print_result([Line("sign-in link", "signInUrl", with_runtime(work))], as_json=as_json)
    if not as_json:
        say("\nIt works once, for 15 minutes.")
