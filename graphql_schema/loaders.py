"""Loads what many rows point at in one statement: objects by id, first pages of nested lists.

Keys begin with the organization, and each organization's keys are a statement of their own: none
joins two organizations.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from strawberry.dataloader import DataLoader

from domain.ids import UUID
from domain.queries.access_tokens import access_tokens_by_id
from domain.queries.audit import (
    CORRELATED_EVENT_LIST,
    EVENT_LIST,
    SUBJECT_EVENT_LIST,
    AuditEventRow,
)
from domain.queries.bulk_operations import BULK_OPERATION_LIST, BulkOperationRow
from domain.queries.deprovision_guard import GuardRow, guards_of
from domain.queries.group_pages import GROUP_LIST, MEMBER_GROUP_LIST
from domain.queries.invitations import INVITATION_LIST, MEMBER_INVITATION_LIST, InvitationRow
from domain.queries.member_actions import has_one_owner
from domain.queries.member_pages import GROUP_MEMBER_LIST, MEMBER_LIST
from domain.queries.oidc_providers import OidcProviderRow, oidc_providers_by_id
from domain.queries.organizations import OrganizationRow, organizations_by_id
from domain.queries.provisioning_requests import (
    REQUEST_LIST,
    SUBJECT_REQUEST_LIST,
    ProvisioningRequestRow,
    requests_that_created,
)
from domain.queries.public_keys import public_keys_of
from domain.queries.rows import AccessTokenRow, GroupRow, MemberRow
from domain.queries.scim_connections import ConnectionRow, connections_of
from domain.queries.timeline import TIMELINE, Timeline, TimelineRow
from graphql_schema.past_loaders import PastLoaders

if TYPE_CHECKING:
    from domain.queries.listing import Listing
    from domain.queries.paging import Page
    from domain.queries.reader import Reader

Key = tuple[UUID, UUID]
PageKey = tuple[UUID, UUID, int]
Value = TypeVar("Value")
Fetch = Callable[["Reader", UUID, Sequence[UUID]], Awaitable[dict[UUID, Any]]]


class Loaders:
    """The loaders of one view of the data."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @cached_property
    def past(self) -> PastLoaders:
        """Of members and groups as they were."""
        return PastLoaders(self._reader)

    @cached_property
    def organization(self) -> DataLoader[UUID, OrganizationRow | None]:
        """By id."""
        return self._global(organizations_by_id)

    @cached_property
    def connection(self) -> DataLoader[UUID, ConnectionRow | None]:
        """By organization."""
        return self._global(connections_of)

    @cached_property
    def guard(self) -> DataLoader[UUID, GuardRow | None]:
        """By organization."""
        return self._global(guards_of)

    @cached_property
    def access_token(self) -> DataLoader[UUID, AccessTokenRow | None]:
        """By id."""
        return self._global(access_tokens_by_id)

    @cached_property
    def public_key(self) -> DataLoader[UUID, dict[str, Any] | None]:
        """Of a person, by account."""
        return self._global(public_keys_of)

    @cached_property
    def member(self) -> DataLoader[Key, MemberRow | None]:
        """By organization and id."""
        return self._by_key(MEMBER_LIST.by_ids)

    @cached_property
    def group(self) -> DataLoader[Key, GroupRow | None]:
        """By organization and id."""
        return self._by_key(GROUP_LIST.by_ids)

    @cached_property
    def invitation(self) -> DataLoader[Key, InvitationRow | None]:
        """By organization and id."""
        return self._by_key(INVITATION_LIST.by_ids)

    @cached_property
    def event(self) -> DataLoader[Key, AuditEventRow | None]:
        """By organization and id."""
        return self._by_key(EVENT_LIST.by_ids)

    @cached_property
    def request(self) -> DataLoader[Key, ProvisioningRequestRow | None]:
        """By organization and id."""
        return self._by_key(REQUEST_LIST.by_ids)

    @cached_property
    def bulk_operation(self) -> DataLoader[Key, BulkOperationRow | None]:
        """By organization and id."""
        return self._by_key(BULK_OPERATION_LIST.by_ids)

    @cached_property
    def oidc_provider(self) -> DataLoader[Key, OidcProviderRow | None]:
        """By organization and id."""
        return self._by_key(oidc_providers_by_id)

    @cached_property
    def creating_request(self) -> DataLoader[Key, ProvisioningRequestRow | None]:
        """The request that created a subject, by organization and subject."""
        return self._by_key(requests_that_created)

    @cached_property
    def member_count(self) -> DataLoader[Key, int]:
        """How many members a group has, by organization and group."""
        return self._by_key(GROUP_MEMBER_LIST.counts)

    @cached_property
    def group_count(self) -> DataLoader[Key, int]:
        """How many groups a member is in, by organization and member."""
        return self._by_key(MEMBER_GROUP_LIST.counts)

    @cached_property
    def invitation_count(self) -> DataLoader[Key, int]:
        """How many invitations a member had, by organization and member."""
        return self._by_key(MEMBER_INVITATION_LIST.counts)

    @cached_property
    def has_one_owner(self) -> DataLoader[UUID, bool]:
        """Whether an organization has but one confirmed owner."""

        async def load(ids: list[UUID]) -> list[bool]:
            return [await has_one_owner(self._reader, id_) for id_ in ids]

        return DataLoader(load_fn=load)

    @cached_property
    def groups_of_member(self) -> DataLoader[PageKey, Page[GroupRow]]:
        """The first page of a member's groups."""
        return self._pages(MEMBER_GROUP_LIST, "CREATED_AT")

    @cached_property
    def members_of_group(self) -> DataLoader[PageKey, Page[MemberRow]]:
        """The first page of a group's members."""
        return self._pages(GROUP_MEMBER_LIST, "CREATED_AT")

    @cached_property
    def invitations_of_member(self) -> DataLoader[PageKey, Page[InvitationRow]]:
        """The newest invitations of a member."""
        return self._pages(MEMBER_INVITATION_LIST, "QUEUED_AT", descending=True)

    @cached_property
    def events_of_subject(self) -> DataLoader[PageKey, Page[AuditEventRow]]:
        """The newest events of a member or group."""
        return self._pages(SUBJECT_EVENT_LIST, "POSITION", descending=True)

    @cached_property
    def correlated_events(self) -> DataLoader[PageKey, Page[AuditEventRow]]:
        """The newest events of a command, by its correlation id."""
        return self._pages(CORRELATED_EVENT_LIST, "POSITION", descending=True)

    @cached_property
    def requests_of_subject(self) -> DataLoader[PageKey, Page[ProvisioningRequestRow]]:
        """The newest requests about a member."""
        return self._pages(SUBJECT_REQUEST_LIST, "POSITION", descending=True)

    @cached_property
    def timeline_of_member(self) -> DataLoader[PageKey, Page[TimelineRow]]:
        """The newest entries of a member's timeline."""
        return self._pages(TIMELINE, "INSTANT", descending=True)

    def _global(
        self, fetch: Callable[[Reader, Sequence[UUID]], Awaitable[dict[UUID, Value]]]
    ) -> DataLoader[UUID, Value | None]:
        async def load(ids: list[UUID]) -> list[Value | None]:
            found = await fetch(self._reader, ids)
            return [found.get(id_) for id_ in ids]

        return DataLoader(load_fn=load)

    def _by_key(self, fetch: Fetch) -> DataLoader[Key, Any]:
        async def load(keys: list[Key]) -> list[Any]:
            found: dict[Key, Any] = {}
            for organization_id in dict.fromkeys(key[0] for key in keys):
                ids = [id_ for owner, id_ in keys if owner == organization_id]
                rows = await fetch(self._reader, organization_id, ids)
                found |= {(organization_id, id_): row for id_, row in rows.items()}
            return [found.get(key) for key in keys]

        return DataLoader(load_fn=load)

    def _pages(
        self, listing: Listing[Any] | Timeline, order: str, *, descending: bool = False
    ) -> DataLoader[PageKey, Any]:
        async def load(keys: list[PageKey]) -> list[Any]:
            found: dict[PageKey, Any] = {}
            for organization_id, limit in dict.fromkeys((key[0], key[2]) for key in keys):
                parents = [key[1] for key in keys if (key[0], key[2]) == (organization_id, limit)]
                pages = await listing.first_pages(
                    self._reader,
                    organization_id,
                    parents,
                    limit=limit,
                    order=order,
                    descending=descending,
                )
                found |= {(organization_id, parent, limit): page for parent, page in pages.items()}
            return [found[key] for key in keys]

        return DataLoader(load_fn=load)
