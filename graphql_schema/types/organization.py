"""The organization: the door to everything in it."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import strawberry

from domain.queries.access_tokens import page_access_tokens
from domain.queries.mailbox import page_waiting_mails
from domain.queries.oidc_providers import oidc_providers_of
from domain.queries.organizations import OrganizationRow
from graphql_schema.connection import Connection
from graphql_schema.context import Info
from graphql_schema.enums import KeyHandshake, Scope
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import costs, needs
from graphql_schema.types.development_mail import DevelopmentMail
from graphql_schema.types.lists import Arguments, connect
from graphql_schema.types.node import Node, Versioned
from graphql_schema.types.oidc_provider import OidcProvider
from graphql_schema.types.organization_groups import OrganizationGroups
from graphql_schema.types.organization_logs import OrganizationLogs
from graphql_schema.types.organization_parts import OrganizationPolicies, Seats
from graphql_schema.types.organization_people import OrganizationPeople
from graphql_schema.types.references import ScimType, TokenType, shows, wrap_or_none


@shows(OrganizationRow)
@strawberry.type
class Organization(OrganizationPeople, OrganizationGroups, OrganizationLogs, Node, Versioned):
    row: strawberry.Private[OrganizationRow]

    id: strawberry.ID = shown(lambda self: make_id(Kind.ORGANIZATION, None, self.row.id))
    name: str = shown()
    slug: str = shown()
    version: int = shown()
    created_at: datetime = shown()
    updated_at: datetime = shown()
    seats: Seats = shown(
        lambda self: Seats(row=self.row), directives=[needs(Scope.ORGANIZATION_READ)]
    )
    key_handshake: KeyHandshake = shown()
    key_version: int = shown()
    policies: OrganizationPolicies = shown(
        lambda self: OrganizationPolicies(policies=self.row.policies),
        directives=[needs(Scope.ORGANIZATION_READ)],
    )

    @resolved(
        needs(Scope.PROVISIONING_READ),
        description="The provisioning endpoint; `null` until SCIM is enabled for the first time.",
    )
    async def scim_connection(self, info: Info) -> ScimType | None:
        return wrap_or_none(await info.context.load.connection.load(self.row.id))

    @resolved(
        needs(Scope.ORGANIZATION_READ),
        costs(1, 10),
        description="OpenID providers with which its people sign in, oldest first; at most 10.",
    )
    async def oidc_providers(self, info: Info) -> list[OidcProvider]:
        rows = await oidc_providers_of(info.context.reader, self.row.id)
        return [OidcProvider(row=row) for row in rows]

    @resolved(
        needs(Scope.TOKENS_ADMIN),
        description="Tokens of this API, newest first, whatever their state.",
    )
    async def access_tokens(
        self,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[TokenType]:
        id_, reader = self.row.id, info.context.reader
        arguments = Arguments(
            id_, "accessTokens", first=first, after=after, last=last, before=before
        )
        return await connect(arguments, lambda window: page_access_tokens(reader, id_, window))

    @resolved(
        needs(Scope.ORGANIZATION_WRITE),
        description=(
            "Mails that were not sent because no mail server is set, newest first, those by which"
            " members sign in among them; `null` where one is set."
        ),
    )
    async def development_mails(
        self,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[DevelopmentMail] | None:
        id_, reader, mailbox = self.row.id, info.context.reader, info.context.services.mailbox
        if mailbox is None:
            return None
        arguments = Arguments(
            id_, "developmentMails", first=first, after=after, last=last, before=before
        )
        found = await connect(
            arguments,
            lambda window: page_waiting_mails(reader, id_, window),
            lambda row: DevelopmentMail(row=row, mail=mailbox(row)),
        )
        return cast("Connection[DevelopmentMail]", found)
