"""/Groups: list, create, read, replace, patch, delete."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from domain.commands import (
    KEEP,
    CreateGroup,
    DeleteGroup,
    EditKind,
    GroupResult,
    MembershipEdit,
    ReviseGroup,
)
from domain.errors import NotFound
from domain.queries.groups import (
    count_groups,
    first_members_of_groups,
    get_group,
    group_members_after,
    groups_after,
    list_groups,
)
from domain.vocabulary import (
    OmittedGroupMembers,
    PatchResponse,
    ScimOperation,
    SubjectKind,
)
from scim_facade import answers, reading
from scim_facade.exchange import Answer
from scim_facade.filtering import group_condition
from scim_facade.mapping.changes import changed_attributes, changed_members
from scim_facade.mapping.groups import (
    group_document,
    member_documents,
    member_ids,
    membership_edits,
)
from scim_facade.protocol.conditions import etag
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.patch import UNSET, GroupPatch, parse_patch, read_group_patch
from scim_facade.protocol.projection import Projection
from scim_facade.protocol.resources import GroupDocument, read_group
from scim_facade.protocol.schemas import GROUP_RESOURCE
from scim_facade.searching import Searched, find
from scim_facade.sorting import sort_of
from scim_facade.streaming import HELD_MEMBERS, stream_group, stream_list

if TYPE_CHECKING:
    from domain.application import Command, Outcome
    from domain.ids import UUID
    from domain.queries.rows import GroupRow
    from scim_facade.exchange import Exchange
    from scim_facade.protocol.query import ListQuery

_OMITTED = "members was not sent; the group keeps the members it has."
_CLEARED = "members was not sent, which empties the group, as this connection is set."


def searched(exchange: Exchange, query: ListQuery) -> Searched[GroupRow]:
    """The reads of the groups that a query selects; ScimError 400."""
    condition = group_condition(query.filter, exchange.warnings)
    sort = sort_of(query, GROUP_RESOURCE)
    reader, organization_id = exchange.services.reader, exchange.organization_id
    return Searched(
        "Groups",
        partial(list_groups, reader, organization_id, condition, sort=sort),
        partial(groups_after, reader, organization_id, condition, sort=sort),
        partial(count_groups, reader, organization_id, condition),
    )


async def search(exchange: Exchange, query: ListQuery | None = None) -> Answer:
    """GET /Groups, and POST /Groups/.search with the query of its body."""
    exchange.operation = ScimOperation.SEARCH
    query = exchange.query() if query is None else query
    shown = Projection.parse(query.attributes, query.excluded_attributes, GROUP_RESOURCE)
    found = await find(exchange, query, searched(exchange, query))
    if len(found.rows) == 1:
        exchange.about(SubjectKind.GROUP, found.rows[0].id, found.rows[0].display_name)
    documents = [group_document(row, exchange.base_url) for row in found.rows]
    if found.rows and shown.wants("members"):
        ids = [row.id for row in found.rows]
        held = await first_members_of_groups(
            exchange.services.reader, exchange.organization_id, ids, limit=HELD_MEMBERS + 1
        )
        if sum(map(len, held.values())) > HELD_MEMBERS:
            named = list(zip(ids, documents, strict=True))
            return Answer(200, stream_list(exchange, found.envelope(documents), named, shown))
        for id_, document in zip(ids, documents, strict=True):
            document["members"] = member_documents(held[id_], exchange.base_url)
    return answers.listing(found.envelope([shown.apply(document) for document in documents]))


async def create(exchange: Exchange) -> Answer:
    """POST /Groups."""
    exchange.operation = ScimOperation.CREATE
    shown = reading.projection(exchange, GROUP_RESOURCE)
    document = read_group(reading.json_body(exchange), exchange.warnings)
    if document.display_name is None:
        raise ScimError.invalid_value("Send a displayName for the group.")
    exchange.subject_label = document.display_name
    strict = exchange.connection.settings.strict_member_ids
    result = await _execute(
        exchange,
        CreateGroup(
            exchange.organization_id,
            document.display_name,
            external_id=document.external_id,
            member_ids=_named(document, exchange, strict=strict),
            strict=strict,
        ),
    )
    group_id = result.value.group_id
    exchange.about(SubjectKind.GROUP, group_id)
    return await _whole(exchange, group_id, shown, status=201, changed=True)


async def read(exchange: Exchange, group_id: UUID) -> Answer:
    """GET /Groups/{id}; a large group is streamed."""
    exchange.operation = ScimOperation.READ
    exchange.about(SubjectKind.GROUP, group_id)
    shown = reading.projection(exchange, GROUP_RESOURCE)
    return await _whole(exchange, group_id, shown, conditional=True)


async def replace(exchange: Exchange, group_id: UUID) -> Answer:
    """PUT /Groups/{id}; absent members follow the connection's setting."""
    exchange.operation = ScimOperation.REPLACE
    exchange.about(SubjectKind.GROUP, group_id)
    shown = reading.projection(exchange, GROUP_RESOURCE)
    document, named = await reading.or_not_found(
        exchange, _read_document, _current(exchange, group_id), "group"
    )
    settings = exchange.connection.settings
    memberships: tuple[MembershipEdit, ...] = ()
    if document.members is not None or document.members_cleared:
        memberships = (MembershipEdit(EditKind.REPLACE, named),)
    elif settings.omitted_group_members is OmittedGroupMembers.CLEAR:
        memberships = (MembershipEdit(EditKind.REPLACE, frozenset()),)
        exchange.warnings.note("members_cleared", _CLEARED)
    else:
        exchange.warnings.note("members_omitted", _OMITTED)
    external_id = document.external_id
    result = await _execute(
        exchange,
        ReviseGroup(
            exchange.organization_id,
            group_id,
            display_name=KEEP if document.display_name is None else document.display_name,
            external_id=(
                KEEP if external_id is None and not document.external_id_cleared else external_id
            ),
            memberships=memberships,
            expected_version=await reading.insisted_version(exchange, _current(exchange, group_id)),
            strict=settings.strict_member_ids,
        ),
    )
    return await _whole(exchange, group_id, shown, changed=result.changed)


async def patch(exchange: Exchange, group_id: UUID) -> Answer:
    """PATCH /Groups/{id}; the members are never read for it."""
    exchange.operation = ScimOperation.PATCH
    exchange.about(SubjectKind.GROUP, group_id)
    query = exchange.query()
    shown = Projection.parse(query.attributes, query.excluded_attributes, GROUP_RESOURCE)
    edits, memberships = await reading.or_not_found(
        exchange, _read_patch, _current(exchange, group_id), "group"
    )
    settings = exchange.connection.settings
    result = await _execute(
        exchange,
        ReviseGroup(
            exchange.organization_id,
            group_id,
            display_name=KEEP if edits.display_name is None else edits.display_name,
            external_id=KEEP if edits.external_id is UNSET else edits.external_id,
            memberships=memberships,
            expected_version=await reading.insisted_version(exchange, _current(exchange, group_id)),
            strict=settings.strict_member_ids,
        ),
    )
    asked = query.attributes is not None or query.excluded_attributes is not None
    if asked or settings.patch_response is PatchResponse.BODY:
        return await _whole(exchange, group_id, shown, changed=result.changed)
    return answers.without_content(result.value.version, changed=result.changed)


async def delete(exchange: Exchange, group_id: UUID) -> Answer:
    """DELETE /Groups/{id}; its members stay members of the organization."""
    exchange.operation = ScimOperation.DELETE
    exchange.about(SubjectKind.GROUP, group_id)
    expected = await reading.insisted_version(exchange, _current(exchange, group_id))
    command = DeleteGroup(exchange.organization_id, group_id, expected)
    await exchange.services.application.execute(command, exchange.caller)
    return answers.DELETED


async def _execute(exchange: Exchange, command: Command[GroupResult]) -> Outcome[GroupResult]:
    outcome = await exchange.services.application.execute(command, exchange.caller)
    for remark in outcome.warnings:
        exchange.warnings.note(remark.name, remark.sentence)
    if outcome.changed:
        result = outcome.value
        exchange.changed_attributes = changed_attributes(outcome.changes) + changed_members(
            result.added, result.removed
        )
    return outcome


async def _whole(
    exchange: Exchange,
    group_id: UUID,
    shown: Projection,
    *,
    status: int = 200,
    changed: bool = False,
    conditional: bool = False,
) -> Answer:
    """The group as it is now, with its members unless they are not shown."""
    reader, organization_id = exchange.services.reader, exchange.organization_id
    row = await get_group(reader, organization_id, group_id)
    if row is None:
        raise NotFound("group")
    exchange.subject_label = row.display_name
    instead = answers.without_reading(exchange, row.version) if conditional else None
    if instead is not None:
        return instead
    document = group_document(row, exchange.base_url)
    location = document["meta"]["location"] if status == 201 else None
    if shown.wants("members"):
        members = await group_members_after(
            reader, organization_id, group_id, limit=HELD_MEMBERS + 1
        )
        if len(members) > HELD_MEMBERS:
            headers = [(b"etag", etag(row.version).encode())]
            if location is not None:
                headers.append((b"location", location.encode()))
            body = stream_group(exchange, document, group_id, shown)
            return Answer(status, body, tuple(headers), changed)
        document["members"] = member_documents(members, exchange.base_url)
    return answers.resource(
        shown.apply(document), row.version, status=status, location=location, changed=changed
    )


def _named(document: GroupDocument, exchange: Exchange, *, strict: bool) -> frozenset[UUID]:
    texts = (member.value for member in document.members or ())
    return member_ids(texts, exchange.warnings, strict=strict)


def _current(exchange: Exchange, group_id: UUID) -> reading.Current:
    async def version() -> int | None:
        row = await get_group(exchange.services.reader, exchange.organization_id, group_id)
        return None if row is None else row.version

    return version


def _read_document(exchange: Exchange) -> tuple[GroupDocument, frozenset[UUID]]:
    document = read_group(reading.json_body(exchange), exchange.warnings)
    strict = exchange.connection.settings.strict_member_ids
    return document, _named(document, exchange, strict=strict)


def _read_patch(exchange: Exchange) -> tuple[GroupPatch, tuple[MembershipEdit, ...]]:
    operations = parse_patch(reading.json_body(exchange), exchange.warnings)
    edits = read_group_patch(operations, exchange.warnings)
    strict = exchange.connection.settings.strict_member_ids
    return edits, membership_edits(edits.memberships, exchange.warnings, strict=strict)
