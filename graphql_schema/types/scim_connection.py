"""The provisioning endpoint of an organization as the admin API shows it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

import strawberry

from domain.client_ids import client_id_of
from domain.errors import Invalid
from domain.queries.deprovision_guard import GuardRow
from domain.queries.scim_connections import (
    ConnectionRow,
    ScimKeyRow,
    Settings,
    active_keys,
    activity,
    provider_seen,
)
from graphql_schema.context import Info
from graphql_schema.enums import (
    CredentialKind,
    IdentityProvider,
    OmittedGroupMembers,
    OnProvision,
    PatchResponse,
    Rehire,
    ScimHealth,
    Scope,
)
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import costs, needs
from graphql_schema.types.deprovision_guard import DeprovisionGuard
from graphql_schema.types.inputs import DateTimeRange
from graphql_schema.types.node import Node, Versioned
from graphql_schema.types.references import OrganizationType, shows, wrap
from graphql_schema.types.workload_identity import WorkloadIdentity

LONGEST_WINDOW = timedelta(days=30)


def _client_id(row: ScimKeyRow) -> str | None:
    is_client = row.kind is not CredentialKind.API_KEY
    return client_id_of(row.organization_id, row.id) if is_client else None


@strawberry.type(description="Never the key itself: only what helps to recognise it.")
class ScimApiKey:
    row: strawberry.Private[ScimKeyRow]

    id: strawberry.ID = shown(
        lambda self: make_id(Kind.SCIM_API_KEY, self.row.organization_id, self.row.id)
    )
    kind: CredentialKind = shown()
    name: str | None = shown()
    client_id: str | None = shown(
        lambda self: _client_id(self.row), description="Of OAuth clients only."
    )
    workload_identity: WorkloadIdentity | None = shown(
        lambda self: None if self.row.issuer is None else WorkloadIdentity(row=self.row)
    )
    hint: str = shown()
    created_at: datetime = shown()
    last_used_at: datetime | None = shown()
    expires_at: datetime | None = shown()


@strawberry.type(
    description=(
        "Switches where identity providers contradict each other; defaults follow the provider."
    )
)
class ScimSettings:
    row: strawberry.Private[Settings]

    on_provision: OnProvision = shown()
    rehire: Rehire = shown()
    omitted_group_members: OmittedGroupMembers = shown()
    patch_response: PatchResponse = shown()
    strict_member_ids: bool = shown()
    content_type: str | None = shown()


@strawberry.type
class ActivityBucket:
    starts_at: datetime
    applied: int
    unchanged: int
    rejected: int
    failed: int


@shows(ConnectionRow)
@strawberry.type(
    description="State of the organization's provisioning endpoint.",
    directives=[needs(Scope.PROVISIONING_READ)],
)
class ScimConnection(Node, Versioned):
    row: strawberry.Private[ConnectionRow]

    id: strawberry.ID = shown(
        lambda self: make_id(Kind.SCIM_CONNECTION, self.row.organization_id, self.row.id)
    )
    version: int = shown()
    created_at: datetime = shown()
    updated_at: datetime = shown()
    enabled: bool = shown()
    provider: IdentityProvider | None = shown(
        description=(
            "Chosen by an administrator; `null` means the neutral defaults."
            " `detectedProvider` only proposes."
        )
    )
    settings: ScimSettings = shown(lambda self: ScimSettings(row=self.row.settings))
    last_request_at: datetime | None = shown()
    last_error_at: datetime | None = shown()

    @resolved()
    async def organization(self, info: Info) -> OrganizationType:
        return wrap(await info.context.load.organization.load(self.row.organization_id))

    @resolved(description="Base URL to paste into the identity provider.")
    def base_url(self, info: Info) -> str:
        return f"{info.context.services.public_url}/v2/{self.row.organization_id}"

    @resolved(costs(2, 10), description="Keys that work, oldest first.")
    async def api_keys(self, info: Info) -> list[ScimApiKey]:
        rows = await active_keys(
            info.context.reader, self.row.organization_id, self.row.id, info.context.now
        )
        return [ScimApiKey(row=row) for row in rows]

    @resolved(description="Derived from recent traffic; what an operator looks at first.")
    def health(self, info: Info) -> ScimHealth:
        return self.row.health(info.context.now)

    @resolved(
        costs(5), description="Client seen most in the last day, guessed from the User-Agent."
    )
    async def detected_provider(self, info: Info) -> IdentityProvider | None:
        since = info.context.now - timedelta(days=1)
        return await provider_seen(info.context.reader, self.row.organization_id, since)

    @resolved(
        description="Holds back unusually many revocations and removals until a person decides."
    )
    async def guard(self, info: Info) -> DeprovisionGuard:
        found = await info.context.load.guard.load(self.row.organization_id)
        return DeprovisionGuard(connection=self.row, row=found or GuardRow())

    @resolved(
        costs(10),
        description=(
            "Counts per outcome over a window of at most 30 days, oldest first: by the hour up to"
            " three days, by the day beyond, in UTC, with those in which nothing came."
        ),
    )
    async def activity(self, info: Info, window: DateTimeRange) -> list[ActivityBucket]:
        end = window.end or info.context.now
        start = window.start or end - timedelta(days=1)
        if not start < end:
            raise Invalid("window", "must end after it begins")
        if end - start > LONGEST_WINDOW:
            raise Invalid("window", f"may be of at most {LONGEST_WINDOW.days} days")
        buckets = await activity(info.context.reader, self.row.organization_id, start, end)
        return [ActivityBucket(**asdict(bucket)) for bucket in buckets]
