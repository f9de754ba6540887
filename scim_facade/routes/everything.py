"""/.search: users and groups in one list, users first (RFC 7644 §3.4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.queries.groups import count_groups, first_members_of_groups, list_groups
from domain.queries.members import count_members, list_members
from domain.queries.rows import GroupRow
from domain.vocabulary import ScimOperation
from scim_facade import answers
from scim_facade.exchange import Answer
from scim_facade.filtering import group_condition, user_condition
from scim_facade.mapping.groups import group_document, member_documents
from scim_facade.mapping.users import shown_user
from scim_facade.paging import index_page
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.messages import list_response
from scim_facade.protocol.projection import Projection
from scim_facade.protocol.schemas import GROUP_RESOURCE, USER_RESOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.queries.rows import MemberRow
    from scim_facade.exchange import Exchange
    from scim_facade.protocol.query import ListQuery

MOST_MEMBERS = 1000


async def search(exchange: Exchange, query: ListQuery) -> Answer:
    """The page by index; an attribute that a type lacks has no value in it."""
    exchange.operation = ScimOperation.SEARCH
    if query.cursor is not None or query.sort_by is not None:
        raise ScimError.invalid_value(
            "Sort and page by cursor at /Users/.search or /Groups/.search."
        )
    shown = Projection.parse(query.attributes, query.excluded_attributes, USER_RESOURCE)
    shown_groups = Projection.parse(query.attributes, query.excluded_attributes, GROUP_RESOURCE)
    users = user_condition(query.filter, exchange.warnings, several_types=True)
    groups = group_condition(query.filter, exchange.warnings, several_types=True)
    reader, organization_id = exchange.services.reader, exchange.organization_id
    users_total = await count_members(reader, organization_id, users)

    async def lists(*, offset: int, limit: int, backwards: bool) -> Sequence[MemberRow | GroupRow]:
        if backwards:
            offset = max(await count() - offset - limit, 0)
        rows: list[MemberRow | GroupRow] = []
        if offset < users_total:
            rows.extend(
                await list_members(
                    reader,
                    organization_id,
                    users,
                    offset=offset,
                    limit=limit,
                    with_groups=shown.wants("groups"),
                )
            )
        left = limit - len(rows)
        if left:
            past = max(offset - users_total, 0)
            rows.extend(await list_groups(reader, organization_id, groups, offset=past, limit=left))
        return rows

    async def count() -> int:
        return users_total + await count_groups(reader, organization_id, groups)

    rows, total = await index_page(lists, count, start_index=query.start_index, asked=query.count)
    documents = await _documents(exchange, rows, shown, shown_groups)
    return answers.listing(list_response(documents, total, query.start_index))


async def _documents(
    exchange: Exchange,
    rows: Sequence[MemberRow | GroupRow],
    shown: Projection,
    shown_groups: Projection,
) -> list[dict[str, Any]]:
    ids = [row.id for row in rows if isinstance(row, GroupRow)]
    held: dict[Any, Any] = {}
    if ids and shown_groups.wants("members"):
        held = await first_members_of_groups(
            exchange.services.reader, exchange.organization_id, ids, limit=MOST_MEMBERS + 1
        )
        if sum(map(len, held.values())) > MOST_MEMBERS:
            raise ScimError.too_many(
                "The groups found have more than 1,000 members; exclude members or read /Groups."
            )
    documents = []
    for row in rows:
        if isinstance(row, GroupRow):
            document = group_document(row, exchange.base_url)
            if row.id in held:
                document["members"] = member_documents(held[row.id], exchange.base_url)
            documents.append(shown_groups.apply(document))
        else:
            documents.append(shown_user(row, exchange.base_url, shown))
    return documents
