"""Groups ↔ groups: documents, and edits of their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.commands import UNKNOWN_MEMBERS, EditKind, MembershipEdit
from domain.ids import UUID, parse_uuid
from scim_facade.mapping.instants import instant_text
from scim_facade.protocol import patch as protocol
from scim_facade.protocol.conditions import etag
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.schemas import GROUP_URN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from domain.queries.rows import GroupRow, MemberReference
    from scim_facade.protocol.dialect import Warnings

_KINDS = {
    protocol.EditKind.ADD: EditKind.ADD,
    protocol.EditKind.REMOVE: EditKind.REMOVE,
    protocol.EditKind.REPLACE: EditKind.REPLACE,
}
_LISTED = 10


def group_document(row: GroupRow, base_url: str) -> dict[str, Any]:
    """The Group resource without its members."""
    id_ = str(row.id)
    document: dict[str, Any] = {"schemas": [GROUP_URN], "id": id_}
    if row.external_id is not None:
        document["externalId"] = row.external_id
    document["displayName"] = row.display_name
    document["meta"] = {
        "resourceType": "Group",
        "created": instant_text(row.created_at),
        "lastModified": instant_text(row.updated_at),
        "location": f"{base_url}/Groups/{id_}",
        "version": etag(row.version),
    }
    return document


def member_documents(members: Sequence[MemberReference], base_url: str) -> list[dict[str, Any]]:
    """Members as a group shows them; `display` of those who have a displayName."""
    users = f"{base_url}/Users/"
    documents = []
    for member in members:
        id_ = str(member.id)
        document = {"value": id_, "$ref": users + id_, "type": "User"}
        if member.display is not None:
            document["display"] = member.display
        documents.append(document)
    return documents


def membership_edits(
    edits: Iterable[protocol.MembershipEdit], warnings: Warnings, *, strict: bool
) -> tuple[MembershipEdit, ...]:
    """The edits with ids in place of texts; a text that is no id names nobody."""
    return tuple(
        MembershipEdit(_KINDS[edit.kind], member_ids(edit.members, warnings, strict=strict))
        for edit in edits
    )


def member_ids(texts: Iterable[str], warnings: Warnings, *, strict: bool) -> frozenset[UUID]:
    """The ids that the texts spell; the rest is left out with a warning, or refused."""
    ids: set[UUID] = set()
    unknown: list[str] = []
    for text in texts:
        id_ = parse_uuid(text)
        if id_ is None:
            unknown.append(text)
        else:
            ids.add(id_)
    if unknown:
        listed = ", ".join(text[:64] for text in unknown[:_LISTED])
        if strict:
            raise ScimError.invalid_value(f"These members do not exist: {listed}.")
        warnings.note(
            UNKNOWN_MEMBERS, f"Left out of the group, as no such member exists: {listed}."
        )
    return frozenset(ids)
