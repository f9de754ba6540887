"""`rollcall scim`: an organization's provisioning endpoint, its switch and its settings."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from api.cli import scim_guard
from api.cli.console import Line, print_result, say
from api.cli.session import AsJson, fail
from api.cli.work import OrganizationOption, execute, with_runtime
from api.runtime import Runtime
from domain.application import Command
from domain.commands import (
    KEEP,
    DisableScim,
    EnableScim,
    IssuedCredential,
    UpdateScimConnection,
)
from domain.errors import Invalid
from domain.ids import UUID
from domain.queries.directory import find_organization, scim_connection
from domain.store.connection_rows import ScimConnection
from domain.vocabulary import (
    IdentityProvider,
    OmittedGroupMembers,
    OnProvision,
    PatchResponse,
    Rehire,
)

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.add_typer(scim_guard.app, name="guard")

_GUARD_HOLDS = (
    "--no-guard cannot be set while calls are held. First have them carried out"
    " (`rollcall scim guard release`) or dropped (`rollcall scim guard refuse`)."
)


class Resettable(StrEnum):
    """What `--reset` gives back to the defaults, named as the option that sets it."""

    PROVIDER = "provider"
    ON_PROVISION = "on-provision"
    REHIRE = "rehire"
    OMITTED_MEMBERS = "omitted-members"
    PATCH_RESPONSE = "patch-response"
    STRICT_MEMBER_IDS = "strict-member-ids"
    CONTENT_TYPE = "content-type"
    GUARD = "guard"
    GUARD_MAX_MEMBERS = "guard-max-members"
    GUARD_MAX_PERCENT = "guard-max-percent"


def _choice(text: str) -> Any:
    return typer.Option(help=text, case_sensitive=False)


Provider = Annotated[IdentityProvider | None, _choice("Its preset holds from now on.")]
Provision = Annotated[OnProvision | None, _choice("What a provisioned person gets.")]
Rehired = Annotated[Rehire | None, _choice("What creating a revoked member again does.")]
Omitted = Annotated[
    OmittedGroupMembers | None, _choice("What replacing a group without its members means.")
]
Answer = Annotated[PatchResponse | None, _choice("What a PATCH is answered with.")]
Strict = Annotated[
    bool | None,
    typer.Option(
        "--strict-member-ids/--lenient-member-ids",
        help="Whether an unknown id refuses a whole group change.",
    ),
]
ContentType = Annotated[str | None, typer.Option(help="application/scim+json or application/json.")]
Guard = Annotated[
    bool | None,
    typer.Option("--guard/--no-guard", help="Whether unusually many deprovisionings are held."),
]
MaxMembers = Annotated[
    int | None, typer.Option(help="Members who may lose access within an hour at any rate.")
]
MaxPercent = Annotated[
    int | None, typer.Option(help="Percent of the organization, where that is more.")
]
Reset = Annotated[
    list[Resettable] | None,
    typer.Option(help="Back to the default; of the provider: none. May be repeated."),
]


@app.callback()
def scim() -> None:
    """An organization's provisioning endpoint."""


@app.command("set")
def set_up(  # noqa: PLR0917 options
    organization: OrganizationOption,
    provider: Provider = None,
    on_provision: Provision = None,
    rehire: Rehired = None,
    omitted_members: Omitted = None,
    patch_response: Answer = None,
    strict_member_ids: Strict = None,
    content_type: ContentType = None,
    guard: Guard = None,
    guard_max_members: MaxMembers = None,
    guard_max_percent: MaxPercent = None,
    reset: Reset = None,
    as_json: AsJson = False,
) -> None:
    """Choose the provider, and single switches apart from its preset. Prints what holds now."""

    def said(switch: Resettable, value: Any) -> Any:
        if switch in (reset or ()):
            if value is not None:
                raise typer.BadParameter(f"--{switch} is both set and reset.")
            return None
        return KEEP if value is None else value

    given = {
        "provider": said(Resettable.PROVIDER, provider),
        "on_provision": said(Resettable.ON_PROVISION, on_provision),
        "rehire": said(Resettable.REHIRE, rehire),
        "omitted_group_members": said(Resettable.OMITTED_MEMBERS, omitted_members),
        "patch_response": said(Resettable.PATCH_RESPONSE, patch_response),
        "strict_member_ids": said(Resettable.STRICT_MEMBER_IDS, strict_member_ids),
        "content_type": said(Resettable.CONTENT_TYPE, content_type),
        "guard_enabled": said(Resettable.GUARD, guard),
        "guard_max_members": said(Resettable.GUARD_MAX_MEMBERS, guard_max_members),
        "guard_max_percent": said(Resettable.GUARD_MAX_PERCENT, guard_max_percent),
    }

    def command(organization_id: UUID) -> Command[Any]:
        return UpdateScimConnection(organization_id, **given)

    async def work(runtime: Runtime) -> ScimConnection | None:
        found = await find_organization(runtime.reader, organization)
        try:
            await execute(runtime, command(found.id))
        except Invalid as refusal:
            if refusal.attribute == "guardEnabled":
                fail(_GUARD_HOLDS)
            raise
        return await scim_connection(runtime.reader, found.id)

    connection = with_runtime(work)
    if connection is not None:
        print_result(_lines(connection), as_json=as_json)


@app.command()
def enable(organization: OrganizationOption, as_json: AsJson = False) -> None:
    """Switch provisioning on. The first time this makes a key, shown this once."""

    async def work(runtime: Runtime) -> tuple[UUID, IssuedCredential]:
        found = await find_organization(runtime.reader, organization)
        return found.id, (await execute(runtime, EnableScim(found.id))).value

    organization_id, issued = with_runtime(work)
    lines = [
        Line("organization id", "organizationId", organization_id),
        Line("enabled", "enabled", issued.connection.enabled),
        Line("SCIM API key", "scimApiKey", issued.secret),
    ]
    print_result(lines, as_json=as_json)
    if issued.secret is None:
        say("Keys made before work again; `rollcall scim-key rotate` makes a new one.")


@app.command()
def disable(organization: OrganizationOption, as_json: AsJson = False) -> None:
    """Switch provisioning off: no key works any more, none is lost."""

    async def work(runtime: Runtime) -> UUID:
        found = await find_organization(runtime.reader, organization)
        await execute(runtime, DisableScim(found.id))
        return found.id

    lines = [
        Line("organization id", "organizationId", with_runtime(work)),
        Line("enabled", "enabled", False),
    ]
    print_result(lines, as_json=as_json)


def _lines(connection: ScimConnection) -> list[Line]:
    settings = connection.settings
    return [
        Line("organization id", "organizationId", connection.organization_id),
        Line("enabled", "enabled", connection.enabled),
        Line("provider", "provider", connection.provider),
        Line("on provision", "onProvision", settings.on_provision),
        Line("rehire", "rehire", settings.rehire),
        Line("omitted members", "omittedGroupMembers", settings.omitted_group_members),
        Line("PATCH response", "patchResponse", settings.patch_response),
        Line("strict member ids", "strictMemberIds", settings.strict_member_ids),
        Line("content type", "contentType", settings.content_type),
        Line("deprovision guard", "guardEnabled", connection.guard.enabled),
        Line("guard: members", "guardMaxMembers", connection.guard.max_members),
        Line("guard: percent", "guardMaxPercent", connection.guard.max_percent),
    ]
