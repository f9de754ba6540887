"""What queries are asked with: references, filters and orders, and how they become the domain's."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.ids import UUID
from domain.queries.audit import AuditEventFilter as AuditWords
from domain.queries.group_pages import GroupFilter as GroupWords
from domain.queries.invitations import InvitationFilter as InvitationWords
from domain.queries.member_pages import MemberFilter as MemberWords
from domain.queries.organizations import OrganizationFilter as OrganizationWords
from domain.queries.pending import PendingFilter as PendingWords
from domain.queries.provisioning_requests import ProvisioningRequestFilter as RequestWords
from domain.queries.ranges import Instants
from graphql_schema.enums import (
    ConfirmationReason,
    GroupOrderField,
    InvitationState,
    MemberOrderField,
    MemberRole,
    MemberStatus,
    OrderDirection,
    OrganizationOrderField,
    Origin,
    ProvisioningOutcome,
    ProvisioningSource,
    ScimOperation,
    ScimResourceType,
)
from graphql_schema.filter_values import any_id, id_of, short, some
from graphql_schema.ids import Kind, expect_id


@strawberry.input(one_of=True)
class OrganizationRef:
    id: strawberry.ID | None = strawberry.UNSET
    slug: str | None = strawberry.UNSET


@strawberry.input(one_of=True)
class MemberRef:
    id: strawberry.ID | None = strawberry.UNSET
    scim_id: UUID | None = strawberry.UNSET
    user_name: str | None = strawberry.UNSET
    email: str | None = strawberry.UNSET
    external_id: str | None = strawberry.UNSET


@strawberry.input(one_of=True)
class GroupRef:
    id: strawberry.ID | None = strawberry.UNSET
    scim_id: UUID | None = strawberry.UNSET
    external_id: str | None = strawberry.UNSET
    display_name: str | None = strawberry.UNSET


@strawberry.input(description="Half-open interval [from, to).")
class DateTimeRange:
    start: datetime | None = strawberry.field(name="from", default=None)
    end: datetime | None = strawberry.field(name="to", default=None)

    def instants(self) -> Instants:
        """The interval in the domain's words."""
        return Instants(self.start, self.end)


@strawberry.input
class OrganizationOrder:
    field: OrganizationOrderField
    direction: OrderDirection


@strawberry.input
class MemberOrder:
    field: MemberOrderField
    direction: OrderDirection


@strawberry.input
class GroupOrder:
    field: GroupOrderField
    direction: OrderDirection


BY_NAME = OrganizationOrder(field=OrganizationOrderField.NAME, direction=OrderDirection.ASC)
NEWEST_MEMBERS = MemberOrder(field=MemberOrderField.CREATED_AT, direction=OrderDirection.DESC)
BY_DISPLAY_NAME = GroupOrder(field=GroupOrderField.DISPLAY_NAME, direction=OrderDirection.ASC)


@strawberry.input
class OrganizationFilter:
    search: str | None = strawberry.field(
        default=None, description="Every word begins a word of the name."
    )
    scim_enabled: bool | None = None


@strawberry.input
class MemberFilter:
    search: str | None = strawberry.field(
        default=None, description="Prefix of the e-mail or user name, or words of the display name."
    )
    status: list[MemberStatus] | None = None
    role: list[MemberRole] | None = None
    source: list[ProvisioningSource] | None = None
    group_id: strawberry.ID | None = None
    external_id: list[str] | None = None
    has_external_id: bool | None = None
    created_at: DateTimeRange | None = None
    updated_at: DateTimeRange | None = None


@strawberry.input
class PendingConfirmationFilter:
    reason: ConfirmationReason | None = None
    search: str | None = None
    accepted_before: datetime | None = None
    group_id: strawberry.ID | None = None


@strawberry.input
class GroupFilter:
    search: str | None = strawberry.field(
        default=None, description="Every word begins a word of the display name."
    )
    source: list[ProvisioningSource] | None = None
    member_id: strawberry.ID | None = None
    has_external_id: bool | None = None


@strawberry.input
class InvitationFilter:
    state: list[InvitationState] | None = None
    member_id: strawberry.ID | None = None
    queued_at: DateTimeRange | None = None


@strawberry.input
class AuditEventFilter:
    action: list[str] | None = strawberry.field(
        default=None, description="Exact actions, or a prefix ending in `.*` such as `member.*`."
    )
    origin: list[Origin] | None = None
    actor_id: strawberry.ID | None = None
    subject_id: strawberry.ID | None = None
    correlation_id: UUID | None = None
    occurred_at: DateTimeRange | None = None


@strawberry.input
class ProvisioningRequestFilter:
    outcome: list[ProvisioningOutcome] | None = None
    operation: list[ScimOperation] | None = None
    resource_type: list[ScimResourceType] | None = None
    status_code: list[int] | None = None
    subject_id: strawberry.ID | None = None
    search: str | None = strawberry.field(
        default=None,
        description=(
            "Part of the path, of the subject's name or of the body sent; a page looks through"
            " 20,000 requests for it."
        ),
    )
    received_at: DateTimeRange | None = None
    slower_than_ms: int | None = None
    changed: list[str] | None = strawberry.field(
        default=None, description="Requests that changed any of these attributes, by SCIM's name."
    )
    request_id: UUID | None = strawberry.field(
        default=None, description="What the answer to the provider said as `X-Request-Id`."
    )


def own_id(kind: Kind, text: str | None, organization_id: UUID) -> UUID | None:
    """The UUID of an object of that organization; None when the id is of another's."""
    found = expect_id(kind, text or "", "by.id")
    return found.id if found.organization_id == organization_id else None


def _instants(range_: DateTimeRange | None) -> Instants | None:
    return None if range_ is None else range_.instants()


def organization_words(given: OrganizationFilter | None, within: UUID | None) -> OrganizationWords:
    """The filter in the domain's words, within what the caller may see."""
    if given is None:
        return OrganizationWords(within=within)
    return OrganizationWords(short(given.search), given.scim_enabled, within)


def member_words(given: MemberFilter | None) -> MemberWords:
    """The filter in the domain's words. Raises Invalid for ids of the wrong kind."""
    if given is None:
        return MemberWords()
    return MemberWords(
        search=short(given.search),
        statuses=some(given.status, "status"),
        roles=some(given.role, "role"),
        sources=some(given.source, "source"),
        group_id=id_of(Kind.GROUP, given.group_id, "groupId"),
        external_ids=some(given.external_id, "externalId"),
        has_external_id=given.has_external_id,
        created_at=_instants(given.created_at),
        updated_at=_instants(given.updated_at),
    )


def pending_words(given: PendingConfirmationFilter | None, key_version: int | None) -> PendingWords:
    """The filter of the confirm work list in the domain's words.

    `key_version` is that of the organization's key where it is handed over, else None.
    """
    if given is None:
        return PendingWords(key_version)
    before = given.accepted_before
    return PendingWords(
        key_version,
        accepted=given.reason is not ConfirmationReason.REWRAP,
        rewrap=given.reason is not ConfirmationReason.ACCEPTED,
        of_members=MemberWords(
            search=short(given.search),
            group_id=id_of(Kind.GROUP, given.group_id, "groupId"),
            accepted_at=None if before is None else Instants(end=before),
        ),
    )


def group_words(given: GroupFilter | None) -> GroupWords:
    """The filter in the domain's words."""
    if given is None:
        return GroupWords()
    return GroupWords(
        search=short(given.search),
        sources=some(given.source, "source"),
        member_id=id_of(Kind.MEMBER, given.member_id, "memberId"),
        has_external_id=given.has_external_id,
    )


def invitation_words(given: InvitationFilter | None) -> InvitationWords:
    """The filter in the domain's words."""
    if given is None:
        return InvitationWords()
    return InvitationWords(
        states=some(given.state, "state"),
        member_id=id_of(Kind.MEMBER, given.member_id, "memberId"),
        queued_at=_instants(given.queued_at),
    )


def audit_words(given: AuditEventFilter | None) -> AuditWords:
    """The filter in the domain's words; actor and subject may be of any kind."""
    if given is None:
        return AuditWords()
    return AuditWords(
        actions=some(given.action, "action"),
        origins=some(given.origin, "origin"),
        actor_id=any_id(given.actor_id, "actorId"),
        subject_id=any_id(given.subject_id, "subjectId"),
        correlation_id=given.correlation_id,
        occurred_at=_instants(given.occurred_at),
    )


def request_words(given: ProvisioningRequestFilter | None) -> RequestWords:
    """The filter in the domain's words."""
    if given is None:
        return RequestWords()
    return RequestWords(
        outcomes=some(given.outcome, "outcome"),
        operations=some(given.operation, "operation"),
        resource_types=some(given.resource_type, "resourceType"),
        status_codes=some(given.status_code, "statusCode"),
        subject_id=any_id(given.subject_id, "subjectId"),
        search=short(given.search),
        received_at=_instants(given.received_at),
        slower_than_ms=given.slower_than_ms,
        changed=some(given.changed, "changed"),
        request_id=given.request_id,
    )
