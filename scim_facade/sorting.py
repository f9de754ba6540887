"""From sortBy and sortOrder to the domain's order (RFC 7644 §3.4.2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.queries.conditions import Column, ProfileValue
from domain.queries.sorting import BY_ID, PrimaryValue, Sort
from scim_facade.filter_terms import kind_of
from scim_facade.filtering import GROUP_COLUMNS, USER_COLUMNS
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.scanner import split_path
from scim_facade.protocol.schemas import MEMBERSHIP_USER_URN, USER_RESOURCE

if TYPE_CHECKING:
    from scim_facade.protocol.query import ListQuery
    from scim_facade.protocol.schemas import Resolved, ResourceSchema

_MEMBERSHIP = {
    "role": "role",
    "status": "stage",
    "invitedAt": "invited_at",
    "acceptedAt": "accepted_at",
    "confirmedAt": "confirmed_at",
}


def sort_of(query: ListQuery, resource: ResourceSchema) -> Sort:
    """The order that was asked for; ScimError 400 invalidValue for one that does not exist."""
    if query.sort_by is None:
        return BY_ID
    descending = _is_descending(query.sort_order)
    path = split_path(query.sort_by)
    found = resource.find(path.urn, path.name, path.sub) if path else None
    if found is None or found.attribute.returned == "never":
        raise ScimError.invalid_value(f"Sort by an attribute that exists: {query.sort_by[:64]}.")
    if found.text == "id":
        return Sort(None, descending)
    column = _column(found, is_user=resource is USER_RESOURCE)
    if column is not None:
        return Sort(Column(column), descending)
    if resource is not USER_RESOURCE or found.attribute.name in {"meta", "groups", "schemas"}:
        raise ScimError.invalid_value(f"Sorting by {found.text} is not supported.")
    return Sort(_stored(found), descending)


def _is_descending(order: str | None) -> bool:
    """Whether the order is the reverse one; one that is neither would hide that it was not kept."""
    match (order or "ascending").lower():
        case "ascending":
            return False
        case "descending":
            return True
        case _:
            raise ScimError.invalid_value("Send sortOrder as ascending or descending.")


def _column(found: Resolved, *, is_user: bool) -> str | None:
    """The column that holds the attribute, if one does."""
    if found.urn == MEMBERSHIP_USER_URN:
        return _MEMBERSHIP[found.attribute.name]
    if found.urn is not None:
        return None
    if is_user and found.text in {"emails", "emails.value"}:
        return "email"
    return (USER_COLUMNS if is_user else GROUP_COLUMNS).get(found.text)


def _stored(found: Resolved) -> ProfileValue | PrimaryValue:
    """Where in the profile the attribute is."""
    attribute = found.attribute
    steps = (attribute.name,) if found.urn is None else (found.urn, attribute.name)
    if attribute.multi_valued:
        sub = found.sub or attribute.sub("value")
        if sub is not None:
            return PrimaryValue(steps, sub.name, kind_of(sub))
    elif found.sub is not None:
        return ProfileValue((*steps, found.sub.name), kind_of(found.sub))
    elif not attribute.is_complex:
        return ProfileValue(steps, kind_of(attribute))
    raise ScimError.invalid_value(f"Sort by a sub-attribute of {found.text}.")
