"""The roots of what can be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry

from domain.queries.accounts import get_account
from domain.queries.audit_actions import AUDIT_ACTIONS
from domain.queries.invitation_previews import preview_invitation
from domain.queries.oidc_providers import sign_in_providers
from domain.queries.organizations import (
    count_organizations,
    organization_by_slug,
    page_organizations,
)
from graphql_schema.connection import CountedConnection
from graphql_schema.context import Context, Info
from graphql_schema.entering import count_wrong_link
from graphql_schema.enums import OrderDirection, Scope
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind, ObjectId, expect_id, read_id
from graphql_schema.loaders import Loaders
from graphql_schema.policy import OPEN, costs, needs
from graphql_schema.types.audit import AuditAction
from graphql_schema.types.inputs import (
    BY_NAME,
    OrganizationFilter,
    OrganizationOrder,
    OrganizationRef,
    organization_words,
)
from graphql_schema.types.invitation_preview import InvitationPreview
from graphql_schema.types.lists import Arguments, connect_counted
from graphql_schema.types.node import Node
from graphql_schema.types.oidc_provider import SignInProvider
from graphql_schema.types.organization import Organization
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.server import Server
from graphql_schema.types.viewer import Viewer

_OBJECT_SCOPES = {
    Kind.MEMBER: Scope.MEMBERS_READ,
    Kind.GROUP: Scope.GROUPS_READ,
    Kind.INVITATION: Scope.MEMBERS_READ,
    Kind.SCIM_CONNECTION: Scope.PROVISIONING_READ,
    Kind.AUDIT_EVENT: Scope.AUDIT_READ,
    Kind.PROVISIONING_REQUEST: Scope.PROVISIONING_READ,
    Kind.ACCESS_TOKEN: Scope.TOKENS_ADMIN,
    Kind.BULK_OPERATION: Scope.MEMBERS_READ,
    Kind.OIDC_PROVIDER: Scope.ORGANIZATION_READ,
}
"""What `node` asks for before it says whether something exists."""
_BY_KEY: dict[Kind, Callable[[Loaders], Any]] = {
    Kind.MEMBER: lambda load: load.member,
    Kind.GROUP: lambda load: load.group,
    Kind.INVITATION: lambda load: load.invitation,
    Kind.AUDIT_EVENT: lambda load: load.event,
    Kind.PROVISIONING_REQUEST: lambda load: load.request,
    Kind.BULK_OPERATION: lambda load: load.bulk_operation,
    Kind.OIDC_PROVIDER: lambda load: load.oidc_provider,
}


async def load_node(context: Context, id_: ObjectId) -> Any:
    """The row that an id names, or None: unknown, of another organization, or not to be seen."""
    load, organization_id = context.load, id_.organization_id
    if id_.kind is Kind.ACCOUNT:
        own_account = id_.id == context.caller.account_id
        return await get_account(context.reader, id_.id) if own_account else None
    scope = _OBJECT_SCOPES.get(id_.kind)
    if id_.kind is Kind.ACCESS_TOKEN:
        token = await load.access_token.load(id_.id)
        own = context.token is not None and id_.id == context.token.id
        if token is None or token.organization_id != organization_id:
            return None
        reached = context.caller.organization_id is None or context.may_see(organization_id)
        return token if own or (reached and Scope.TOKENS_ADMIN in context.caller.scopes) else None
    if organization_id is None or not context.may_see(organization_id):
        return None
    if scope is not None and scope not in context.caller.scopes:
        return None
    key = (organization_id, id_.id)
    match id_.kind:
        case Kind.ORGANIZATION:
            return await load.organization.load(organization_id)
        case Kind.SCIM_CONNECTION:
            connection = await load.connection.load(organization_id)
            return connection if connection is not None and connection.id == id_.id else None
        case _:
            loader = _BY_KEY.get(id_.kind)
            return None if loader is None else await loader(load).load(key)


@strawberry.type
class Query:
    @resolved(description="Who is calling, with which scopes.")
    def viewer(self) -> Viewer:
        return Viewer()

    @resolved(
        OPEN,
        costs(5),
        description=(
            "The invitation of a link, whatever became of it. `null` where the link opens none, as"
            " when it is not whole or the member was removed."
        ),
    )
    async def invitation_preview(self, info: Info, token: str) -> InvitationPreview | None:
        context = info.context
        row = await preview_invitation(
            context.reader,
            context.services.application.invitations,
            token.strip(),
            account_id=context.caller.account_id,
            now=context.now,
        )
        if row is None:
            count_wrong_link(context)
            return None
        return InvitationPreview(row=row)

    @resolved(
        OPEN,
        description=(
            "The sign-in address of whom the session is of; `null` without a session. For pages"
            " that people also see who are not signed in: `viewer` refuses those."
        ),
    )
    async def signed_in_as(self, info: Info) -> str | None:
        id_ = info.context.caller.account_id
        found = None if id_ is None else await get_account(info.context.reader, id_)
        return None if found is None else found.email

    @resolved(OPEN, description="This server, as a sign-in page must know it.")
    def server(self, info: Info) -> Server:
        return Server(row=info.context.services.server)

    @resolved(
        description=(
            "Any object by its id. `null` when it does not exist or the caller may not see it."
        )
    )
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002
        found = read_id(id)
        return None if found is None else wrap_or_none(await load_node(info.context, found))

    @resolved(description="One organization, by id or by slug.")
    async def organization(self, info: Info, by: OrganizationRef) -> Organization | None:
        context = info.context
        if by.id:
            id_ = expect_id(Kind.ORGANIZATION, by.id, "by.id").id
            row = await context.load.organization.load(id_) if context.may_see(id_) else None
        else:
            row = await organization_by_slug(context.reader, by.slug or "")
        if row is None or not context.may_see(row.id):
            return None
        return Organization(row=row)

    @resolved(needs(Scope.ORGANIZATION_READ), description="Organizations the caller may see.")
    async def organizations(
        self,
        info: Info,
        *,
        filter: OrganizationFilter | None = None,  # noqa: A002
        order_by: OrganizationOrder = BY_NAME,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> CountedConnection[Organization]:
        reader, caller = info.context.reader, info.context.caller
        if filter is not None and filter.scim_enabled is not None:
            caller.require(Scope.PROVISIONING_READ)
        wanted = organization_words(filter, caller.organization_id)
        facts = ("organizations", wanted, order_by.field, order_by.direction)
        return await connect_counted(
            Arguments(*facts, first=first, after=after, last=last, before=before),
            lambda window: page_organizations(
                reader,
                window,
                wanted,
                order=order_by.field.value,
                descending=order_by.direction is OrderDirection.DESC,
            ),
            lambda: count_organizations(reader, wanted),
        )

    @resolved(
        OPEN,
        costs(1, 10),
        description=(
            "Ways of single sign-on of an organization, by its slug. Needs no token, and answers"
            " an empty list where there is no such organization."
        ),
    )
    async def sign_in_providers(self, info: Info, organization: str) -> list[SignInProvider]:
        rows = await sign_in_providers(info.context.reader, organization)
        return [SignInProvider(row=row) for row in rows]

    @resolved(
        costs(1, 30),
        description="Catalogue of audit actions with their meaning; feeds filter menus.",
    )
    def audit_actions(self) -> list[AuditAction]:
        return [
            AuditAction(action=known.action, description=known.description, subject=known.subject)
            for known in AUDIT_ACTIONS.values()
        ]
