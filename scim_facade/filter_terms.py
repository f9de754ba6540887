"""Single terms of filters that have a meaning of their own: ids, addresses, links, versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeGuard

from domain.ids import parse_uuid
from domain.queries.conditions import (
    EVERYTHING,
    NOTHING,
    AllOf,
    AnyElement,
    AnyOf,
    Column,
    Compare,
    Condition,
    ElementValue,
    Kind,
    Linked,
    Negated,
    Op,
    ProfileValue,
)
from domain.vocabulary import MemberStatus, ProvisioningSource
from scim_facade.protocol.ast import (
    And,
    AttributePath,
    Comparison,
    ElementMatch,
    Filter,
    Not,
    Operator,
    Or,
    Presence,
    Value,
)
from scim_facade.protocol.conditions import parse_condition
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.evaluation import matches
from scim_facade.protocol.query import LARGEST_NUMBER

if TYPE_CHECKING:
    from scim_facade.protocol.schemas import Attribute

_KINDS = {
    "boolean": Kind.BOOLEAN,
    "integer": Kind.NUMBER,
    "decimal": Kind.NUMBER,
    "dateTime": Kind.INSTANT,
}
OPS = {
    Operator.EQ: Op.EQ,
    Operator.NE: Op.NE,
    Operator.CO: Op.CONTAINS,
    Operator.SW: Op.STARTS,
    Operator.EW: Op.ENDS,
    Operator.GT: Op.GT,
    Operator.GE: Op.GE,
    Operator.LT: Op.LT,
    Operator.LE: Op.LE,
}
MEMBERSHIP_COLUMNS = {
    "role": "role",
    "invitedAt": "invited_at",
    "acceptedAt": "accepted_at",
    "confirmedAt": "confirmed_at",
}


def full_name(path: AttributePath) -> str:
    """The name of an attribute or, with a dot between, of a part of it."""
    return path.name if path.sub is None else f"{path.name}.{path.sub}"


def kind_of(attribute: Attribute | None) -> Kind:
    """How values of a checked attribute are compared."""
    if attribute is None:
        return Kind.TEXT
    return _KINDS.get(attribute.type, Kind.EXACT if attribute.case_exact else Kind.TEXT)


def id_term(op: Op, value: Value) -> Condition:
    """A comparison of the resource's id; a text that is no UUID equals none."""
    if op in {Op.EQ, Op.NE}:
        id_ = parse_uuid(value) if isinstance(value, str) else None
        if id_ is None or str(id_) != value:
            return NOTHING if op is Op.EQ else EVERYTHING
        return Compare(Column("id"), op, id_)
    return Compare(Column("id"), op, value)


def email_term(op: Op, value: Value) -> Condition:
    """A comparison of any address with a value that is not null."""
    column = Compare(Column("email"), op, value)
    if op in {Op.EQ, Op.NE}:
        return column
    element = Compare(ElementValue(("value",), Kind.TEXT), op, value)
    return AnyOf((column, AnyElement(("emails",), element)))


def email_match(inner: Filter) -> Condition:
    """Some e-mail meets the condition, also the one that is shown of those invited by address."""
    listed = AnyElement(("emails",), element_condition(inner))
    found = AnyOf((listed, AllOf((INVITED_BY_ADDRESS, _shown_email(inner)))))
    # An index finds the few members who have such an address at all.
    keys = (Compare(Column("email"), Op.EQ, value) for value in required_values(inner))
    return AllOf((*keys, found))


_VALUE = ElementValue(("value",), Kind.ANY)
INVITED_BY_ADDRESS = AllOf(
    (
        Compare(Column("source"), Op.NE, ProvisioningSource.SCIM.value),
        Compare(Column("email"), Op.PRESENT),
        Negated(Compare(ProfileValue(("emails",), Kind.ANY), Op.PRESENT)),
    )
)
ANY_EMAIL = AnyOf((AnyElement(("emails",), Compare(_VALUE, Op.PRESENT)), INVITED_BY_ADDRESS))


def _shown_email(tree: Filter) -> Condition:
    """The condition on the one element that `user_document` makes of such a member's address."""
    match tree:
        case And(terms):
            return AllOf(tuple(_shown_email(term) for term in terms))
        case Or(terms):
            return AnyOf(tuple(_shown_email(term) for term in terms))
        case Not(term):
            return Negated(_shown_email(term))
        case Comparison(path, operator, value) if path.name == "value":
            return Compare(Column("email"), OPS[operator], value)
        case _:
            known = {"value": "known", "type": "work", "primary": True}
            return EVERYTHING if matches(tree, known) else NOTHING


def linked_term(op: Op, value: Value) -> Condition:
    """A comparison of a link's id: of a user's groups or a group's members. Raises ScimError."""
    if value is None:
        return Negated(Linked(None)) if op is Op.EQ else Linked(None)
    id_ = parse_uuid(value) if isinstance(value, str) else None
    match op:
        case Op.EQ:
            return NOTHING if id_ is None else Linked(id_)
        case Op.NE:
            return EVERYTHING if id_ is None else Negated(Linked(id_))
        case _:
            raise ScimError.invalid_filter("Compare ids of members and groups by eq or ne only.")


def linked_match(inner: Filter, *, kind: str) -> Condition:
    """Some link meets the condition; `kind` is the type that every one of them has."""
    match inner:
        case Comparison(path, Operator.EQ, value) if path.name == "value" and value is not None:
            return linked_term(Op.EQ, value)
        case Or(terms):
            return AnyOf(tuple(linked_match(term, kind=kind) for term in terms))
        case And(terms):
            named = next((term for term in terms if _names_link(term)), None)
            if named is None and sum(not _is_constant(term) for term in terms) > 1:
                raise _unfindable()
            if named is None:
                return AllOf(tuple(linked_match(term, kind=kind) for term in terms))
            id_ = named.value
            return linked_term(Op.EQ, id_) if _link_meets(inner, id_, kind) else NOTHING
        case _ if _is_constant(inner):
            return Linked(None) if _link_meets(inner, None, kind) else NOTHING
        case _:
            raise _unfindable()


def _names_link(term: Filter) -> TypeGuard[Comparison]:
    match term:
        case Comparison(path, Operator.EQ, str()):
            return path.name == "value"
        case _:
            return False


def _is_constant(term: Filter) -> bool:
    """Whether the condition is the same for all links: they have one type and every part."""
    match term:
        case Presence():
            return True
        case Comparison(path, Operator.EQ, str()):
            return path.name == "type"
        case _:
            return False


def _link_meets(tree: Filter, id_: Value, kind: str) -> bool:
    """Whether the link to `id_` meets the condition."""
    match tree:
        case And(terms):
            return all(_link_meets(term, id_, kind) for term in terms)
        case Or(terms):
            return any(_link_meets(term, id_, kind) for term in terms)
        case Presence():
            return True
        case Comparison(path, Operator.EQ, str() as value) if path.name == "value":
            return value.lower() == str(id_).lower()
        case Comparison(path, Operator.EQ, str() as value) if path.name == "type":
            return value.lower() == kind
        case _:
            raise _unfindable()


def _unfindable() -> ScimError:
    return ScimError.invalid_filter("Find members and groups by value eq only.")


def version_term(op: Op, value: Value) -> Condition:
    """A comparison of `meta.version`, an ETag. Raises ScimError."""
    if op not in {Op.EQ, Op.NE}:
        raise ScimError.invalid_filter("Compare meta.version by eq or ne only.")
    named = parse_condition(value if isinstance(value, str) else None)
    versions = named.versions if named is not None else frozenset()
    if len(versions) != 1 or (version := min(versions)) > LARGEST_NUMBER:
        return NOTHING if op is Op.EQ else EVERYTHING
    return Compare(Column("version"), op, version)


def membership_term(path: AttributePath, op: Op, value: Value) -> Condition:
    """A comparison of an attribute of our own extension. Raises ScimError."""
    column = MEMBERSHIP_COLUMNS.get(path.name)
    if isinstance(value, datetime) and column is not None:
        return Compare(Column(column), op, value)
    if value is None and column is None:
        # Every member has a status.
        return NOTHING if op is Op.EQ else EVERYTHING
    if op not in {Op.EQ, Op.NE}:
        raise ScimError.invalid_filter(f"Compare {path} by eq or ne with a value.")
    if column is not None:
        word = value.upper() if isinstance(value, str) else value
        return Compare(Column(column), op, word)
    status = str(value).upper()
    found: Condition = NOTHING
    if status == MemberStatus.REVOKED:
        found = Compare(Column("active"), Op.EQ, value=False)
    elif status in MemberStatus.__members__:
        found = AllOf(
            (
                Compare(Column("active"), Op.EQ, value=True),
                Compare(Column("stage"), Op.EQ, status),
            )
        )
    return found if op is Op.EQ else Negated(found)


def below(container: AttributePath, tree: Filter) -> Filter:
    """A condition on the parts of a single complex value, as one on the resource."""
    match tree:
        case And(terms):
            return And(tuple(below(container, term) for term in terms))
        case Or(terms):
            return Or(tuple(below(container, term) for term in terms))
        case Not(term):
            return Not(below(container, term))
        case Presence(path) | Comparison(path):
            full = replace(
                container, sub=path.name, attribute=path.attribute, container=container.attribute
            )
            return replace(tree, path=full)
        case ElementMatch():
            raise ScimError.invalid_filter("Use no brackets inside brackets.")


def element_condition(tree: Filter) -> Condition:
    """A condition on one element; its names are sub-attributes."""
    match tree:
        case And(terms):
            return AllOf(tuple(element_condition(term) for term in terms))
        case Or(terms):
            return AnyOf(tuple(element_condition(term) for term in terms))
        case Not(term):
            return Negated(element_condition(term))
        case Presence(path):
            return Compare(ElementValue((path.name,), Kind.ANY), Op.PRESENT)
        case Comparison(path, operator, value):
            kind = kind_of(path.attribute)
            return Compare(ElementValue((path.name,), kind), OPS[operator], value)
        case ElementMatch():
            raise ScimError.invalid_filter("Use no brackets inside brackets.")


def required_values(tree: Filter) -> tuple[str, ...]:
    """The values that an element must have for the condition to hold."""
    match tree:
        case Comparison(path, Operator.EQ, str() as value) if path.name == "value":
            return (value,)
        case And(terms):
            return tuple(value for term in terms for value in required_values(term))
        case _:
            return ()
