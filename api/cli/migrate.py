"""`rollcall migrate`: the newest version of the database's schema."""

from __future__ import annotations

import typer

from api.cli.console import say
from api.cli.session import run_command, settings_of
from api.database import connect, migrate_now, newest_revision, open_database
from api.settings import Switch

app = typer.Typer(add_completion=False)


@app.command()
def migrate() -> None:
    """Safe to run at any time and several times at once. Also sets rights and time limits."""
    settings = settings_of()

    async def work() -> None:
        async with open_database(settings, make=True) as urls:
            await (await connect(urls.owner)).close()  # says in one line when it does not answer
            await migrate_now(urls, row_security=settings.row_security is Switch.ON)

    run_command(settings, work)
    say(f"The database is at revision {newest_revision()}.")
