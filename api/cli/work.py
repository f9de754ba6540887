"""What commands that work on the database share: a runtime and a caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer

from api.cli.option_names import in_options
from api.cli.session import fail, operator, run_command, settings_of
from api.runtime import Runtime, open_runtime
from domain.application import Command, Outcome
from domain.caller import Caller, system_caller
from domain.errors import DomainError
from domain.ids import UUID
from domain.queries.directory import find_organization
from domain.vocabulary import Origin

Result = TypeVar("Result")

OrganizationOption = Annotated[
    str, typer.Option("--organization", "-o", help="The organization's id, slug or name.")
]


def with_runtime(work: Callable[[Runtime], Awaitable[Result]], *, make: bool = False) -> Result:
    """The result of `work` on a runtime; refusals of the domain end the command with one line.

    `make` makes an embedded database where there is none, which would hide that the folder is wrong
    from whoever only looks.
    """
    settings = settings_of()

    async def on_runtime() -> Result:
        async with open_runtime(settings, workers=False, migrate=True, make=make) as runtime:
            try:
                return await work(runtime)
            except DomainError as error:
                fail(in_options(error.message))

    return run_command(settings, on_runtime)


async def reach_of(runtime: Runtime, organization: str | None) -> UUID | None:
    """The id of the organization of that id, slug or name; None where none is named.

    Raises UnknownOrganization.
    """
    if organization is None:
        return None
    return (await find_organization(runtime.reader, organization)).id


def caller() -> Caller:
    """Whoever operates the machine may do everything; the history says who it was."""
    return system_caller(operator(), Origin.CLI)


async def execute(runtime: Runtime, command: Command[Any]) -> Outcome[Any]:
    """Run a domain command as the operator."""
    return await runtime.application.execute(command, caller())
