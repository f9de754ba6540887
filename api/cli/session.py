"""What every command does before and after its own work: settings, runtime, errors, exit code."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, NoReturn, TypeVar

import asyncpg
import typer

from api.cli.console import say
from api.embedded_database import EmbeddedDatabase, EmbeddedDatabaseError
from api.logs import set_up_logs
from api.settings import (
    LogLevel,
    Settings,
    SettingsError,
    load_settings,
    unknown_variables,
    variable,
)
from api.start_error import StartError

Result = TypeVar("Result")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]

FAILED = 1
EXISTS = 3
SOME_REFUSED = 3
INTERRUPTED = 130


def fail(message: str, code: int = FAILED) -> NoReturn:
    """End the command with one line that says why."""
    say(message)
    raise typer.Exit(code)


def settings_of(**options: object) -> Settings:
    """The settings, with what was given on the command line before the environment.

    Server processes inherit the environment, so options are put there.
    """
    for name, value in options.items():
        if value is not None:
            os.environ[variable(name)] = str(value)
    try:
        settings = load_settings()
    except SettingsError as error:
        fail(str(error))
    for warning in unknown_variables():
        say(f"Warning: {warning}")
    return settings


def run_command(settings: Settings, work: Callable[[], Awaitable[Result]]) -> Result:
    """The result of `work`; what it cannot do ends the command with one line."""
    # A command talks to a person: only what is wrong is logged.
    set_up_logs(
        max(settings.log_level, LogLevel.WARNING, key=list(LogLevel).index), settings.log_format
    )

    async def started() -> Result:
        return await work()

    try:
        return asyncio.run(started())
    except StartError as error:
        fail(str(error))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        # The text of a database error may quote a row.
        why = error if isinstance(error, OSError) else type(error).__name__
        fail(f"The database failed: {why}. Try `rollcall doctor`.")
    except KeyboardInterrupt:
        fail("Interrupted.", INTERRUPTED)


@contextmanager
def embedded_database(settings: Settings, *, make: bool = False) -> Iterator[EmbeddedDatabase]:
    """The running embedded database; the command ends with one line where it cannot be used.

    Only with `make` is one made where there is none.
    """
    if settings.database_url is not None:
        fail(
            f"{variable('database_url')} names your own PostgreSQL: use its own pg_dump and"
            " pg_restore."
        )
    set_up_logs(LogLevel.WARNING, settings.log_format)
    database = EmbeddedDatabase(settings.data_dir, pg_user=settings.pg_user)
    try:
        database.start(make=make)
        try:
            yield database
        finally:
            database.release()
    except (EmbeddedDatabaseError, StartError) as error:
        fail(str(error))


def operator() -> str:
    """Who runs the command, for the history."""
    name = str(os.getuid())
    with suppress(KeyError, OSError):
        name = getpass.getuser()
    return f"rollcall command ({name})"


def interactive() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()
