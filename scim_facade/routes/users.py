"""/Users: list, create, read, replace, patch, delete."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from domain.commands import (
    Member,
    MemberEdit,
    ProvisionMember,
    RemoveMember,
    RevisedMember,
    RevisedState,
    ReviseMember,
)
from domain.errors import NotFound
from domain.queries.members import (
    count_members,
    get_member,
    list_members,
    members_after,
    row_of_member,
)
from domain.vocabulary import PatchResponse, ScimOperation, Stage, SubjectKind
from scim_facade import answers, reading
from scim_facade.filtering import user_condition
from scim_facade.mapping.changes import changed_attributes
from scim_facade.mapping.users import (
    SILENT,
    Stored,
    core_document,
    patched_attributes,
    replaced_attributes,
    shown_user,
    silent_value,
    user_attributes,
)
from scim_facade.protocol.dialect import Deviation
from scim_facade.protocol.patch import apply_user_patch, parse_patch
from scim_facade.protocol.projection import Projection
from scim_facade.protocol.resources import UserDocument, read_user
from scim_facade.protocol.schemas import USER_RESOURCE
from scim_facade.searching import Searched, find
from scim_facade.sorting import sort_of

if TYPE_CHECKING:
    from domain.application import Outcome
    from domain.ids import UUID
    from domain.queries.rows import MemberRow
    from scim_facade.exchange import Answer, Exchange
    from scim_facade.protocol.query import ListQuery


def searched(exchange: Exchange, query: ListQuery, shown: Projection) -> Searched[MemberRow]:
    """The reads of the users that a query selects; ScimError 400."""
    condition = user_condition(query.filter, exchange.warnings)
    sort = sort_of(query, USER_RESOURCE)
    reader, organization_id = exchange.services.reader, exchange.organization_id
    with_groups = shown.wants("groups")
    return Searched(
        "Users",
        partial(
            list_members, reader, organization_id, condition, sort=sort, with_groups=with_groups
        ),
        partial(
            members_after, reader, organization_id, condition, sort=sort, with_groups=with_groups
        ),
        partial(count_members, reader, organization_id, condition),
    )


async def search(exchange: Exchange, query: ListQuery | None = None) -> Answer:
    """GET /Users, and POST /Users/.search with the query of its body."""
    exchange.operation = ScimOperation.SEARCH
    query = exchange.query() if query is None else query
    shown = Projection.parse(query.attributes, query.excluded_attributes, USER_RESOURCE)
    found = await find(exchange, query, searched(exchange, query, shown))
    if len(found.rows) == 1:
        row = found.rows[0]
        exchange.about(SubjectKind.MEMBER, row.id, row.email or row.user_name)
    documents = [shown_user(row, exchange.base_url, shown) for row in found.rows]
    return answers.listing(found.envelope(documents))


async def create(exchange: Exchange) -> Answer:
    """POST /Users."""
    exchange.operation = ScimOperation.CREATE
    shown = reading.projection(exchange, USER_RESOURCE)
    document = _read_document(exchange)
    attributes = user_attributes(document, exchange.warnings)
    exchange.subject_label = attributes.email or attributes.user_name
    outcome = await exchange.services.application.execute(
        ProvisionMember(
            exchange.organization_id,
            attributes,
            active=document.active is not False,
            on_provision=exchange.connection.on_provision,
            rehire=exchange.connection.settings.rehire,
        ),
        exchange.caller,
    )
    member = outcome.value
    exchange.about(SubjectKind.MEMBER, member.id)
    exchange.changed_attributes = changed_attributes(outcome.changes)
    row = row_of_member(member, ())
    return answers.resource(
        shown_user(row, exchange.base_url, shown),
        member.version,
        status=201,
        location=f"{exchange.base_url}/Users/{member.id}",
        changed=True,
    )


async def read(exchange: Exchange, member_id: UUID) -> Answer:
    """GET /Users/{id}."""
    exchange.operation = ScimOperation.READ
    exchange.about(SubjectKind.MEMBER, member_id)
    shown = reading.projection(exchange, USER_RESOURCE)
    row = await get_member(
        exchange.services.reader,
        exchange.organization_id,
        member_id,
        with_groups=shown.wants("groups"),
    )
    if row is None:
        raise NotFound("member")
    exchange.subject_label = row.email or row.user_name
    instead = answers.without_reading(exchange, row.version)
    if instead is not None:
        return instead
    return answers.resource(shown_user(row, exchange.base_url, shown), row.version)


async def replace(exchange: Exchange, member_id: UUID) -> Answer:
    """PUT /Users/{id}: the profile is replaced; absent active and externalId stay."""
    exchange.operation = ScimOperation.REPLACE
    exchange.about(SubjectKind.MEMBER, member_id)
    shown = reading.projection(exchange, USER_RESOURCE)
    document = await reading.or_not_found(
        exchange, _read_document, _current(exchange, member_id), "member"
    )

    def edit(member: Member) -> RevisedState:
        attributes = replaced_attributes(document, exchange.warnings, _stored(member))
        return RevisedState(attributes, document.active)

    outcome = await _revise(exchange, member_id, edit, shown)
    return _whole(exchange, outcome, shown)


async def patch(exchange: Exchange, member_id: UUID) -> Answer:
    """PATCH /Users/{id}."""
    exchange.operation = ScimOperation.PATCH
    exchange.about(SubjectKind.MEMBER, member_id)
    query = exchange.query()
    shown = Projection.parse(query.attributes, query.excluded_attributes, USER_RESOURCE)
    operations = await reading.or_not_found(
        exchange, _read_operations, _current(exchange, member_id), "member"
    )

    def edit(member: Member) -> RevisedState:
        # Without `active`, which is in the result then only if an operation has set it.
        before = core_document(member.attributes)
        patched = apply_user_patch(before, operations, exchange.warnings)
        wanted = patched.pop("active", None)
        silent: bool | None = None
        if wanted is None:
            active = member.revoked_at is None
            silent = silent_value(operations, member.attributes, exchange.warnings, active=active)
        if patched == before and silent is member.attributes.profile.get(SILENT):
            return RevisedState(member.attributes, wanted)
        stored = _stored(member)
        attributes = patched_attributes(patched, exchange.warnings, stored, silent=silent)
        return RevisedState(attributes, wanted)

    outcome = await _revise(exchange, member_id, edit, shown)
    response = exchange.connection.settings.patch_response
    if response is PatchResponse.NO_CONTENT and query.attributes is None:
        return answers.without_content(outcome.value.member.version, changed=outcome.changed)
    return _whole(exchange, outcome, shown)


async def delete(exchange: Exchange, member_id: UUID) -> Answer:
    """DELETE /Users/{id}: the member leaves the organization."""
    exchange.operation = ScimOperation.DELETE
    exchange.about(SubjectKind.MEMBER, member_id)
    outcome = await exchange.services.application.execute(
        RemoveMember(
            exchange.organization_id,
            member_id,
            expected_version=await reading.insisted_version(
                exchange, _current(exchange, member_id)
            ),
            limit=exchange.limit,
        ),
        exchange.caller,
    )
    exchange.subject_label = outcome.value.label
    return answers.DELETED


async def _revise(
    exchange: Exchange, member_id: UUID, edit: MemberEdit, shown: Projection
) -> Outcome[RevisedMember]:
    outcome = await exchange.services.application.execute(
        ReviseMember(
            exchange.organization_id,
            member_id,
            edit,
            expected_version=await reading.insisted_version(
                exchange, _current(exchange, member_id)
            ),
            on_provision=exchange.connection.on_provision,
            with_groups=shown.wants("groups"),
            limit=exchange.limit,
        ),
        exchange.caller,
    )
    exchange.subject_label = outcome.value.member.label
    exchange.changed_attributes = changed_attributes(outcome.changes)
    return outcome


def _whole(exchange: Exchange, outcome: Outcome[RevisedMember], shown: Projection) -> Answer:
    """The member as the command left it."""
    member = outcome.value.member
    row = row_of_member(member, outcome.value.groups)
    document = shown_user(row, exchange.base_url, shown)
    return answers.resource(document, member.version, changed=outcome.changed)


def _current(exchange: Exchange, member_id: UUID) -> reading.Current:
    async def version() -> int | None:
        row = await get_member(exchange.services.reader, exchange.organization_id, member_id)
        return None if row is None else row.version

    return version


def _read_document(exchange: Exchange) -> UserDocument:
    document = read_user(reading.json_body(exchange), exchange.warnings)
    if document.had_password:
        exchange.warnings.add(Deviation.CREDENTIAL_DROPPED)
    return document


def _read_operations(exchange: Exchange) -> Any:
    return parse_patch(reading.json_body(exchange), exchange.warnings)


def _stored(member: Member) -> Stored:
    return Stored(member.attributes, invited=member.stage is not Stage.STAGED)
