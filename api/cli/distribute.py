"""`rollcall distribute`: the tables spread over a Citus cluster, each organization whole."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from api.cli.console import say
from api.cli.session import fail, run_command, settings_of
from api.database import bring_up_to_date, connect, open_database
from api.settings import Switch

app = typer.Typer(add_completion=False)


@app.command()
def distribute(
    only_print: Annotated[
        bool, typer.Option("--print", help="Say what would be done, and do nothing.")
    ] = False,
) -> None:
    """Run it on the coordinator while no server runs. Repeating it changes nothing."""
    settings = settings_of()

    async def work() -> list[str]:
        async with open_database(settings) as urls:
            await bring_up_to_date(
                urls,
                embedded=settings.database_url is None,
                row_security=settings.row_security is Switch.ON,
            )
            steps = import_module("domain.migrations.distribution")
            owner = await connect(urls.owner)
            try:
                if only_print:
                    statements: list[str] = steps.plan(await steps.look(owner))
                else:
                    statements = await steps.distribute(owner)
            except steps.CannotDistribute as refusal:
                fail(str(refusal))
            finally:
                await owner.close()
            return statements

    statements = run_command(settings, work)
    for statement in statements:
        typer.echo(f"{statement};")
    if not statements:
        say("Everything is distributed already.")
