"""Compiles checked SCIM filters to the domain's conditions on members and groups."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

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
from domain.vocabulary import MemberStatus
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
from scim_facade.protocol.filter_semantics import check_filter
from scim_facade.protocol.grammar import parse_filter
from scim_facade.protocol.schemas import (
    GROUP_RESOURCE,
    GROUP_URN,
    MEMBERSHIP_USER_URN,
    USER_RESOURCE,
    USER_URN,
)

if TYPE_CHECKING:
    from scim_facade.protocol.dialect import Warnings
    from scim_facade.protocol.schemas import Attribute, ResourceSchema

_OPS = {
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
_USER_COLUMNS = {
    "userName": "user_name",
    "externalId": "external_id",
    "displayName": "display_name",
    "active": "active",
    "name.givenName": "given_name",
    "name.familyName": "family_name",
    "meta.created": "created_at",
    "meta.lastModified": "updated_at",
}
_GROUP_COLUMNS = {
    "displayName": "display_name",
    "externalId": "external_id",
    "meta.created": "created_at",
    "meta.lastModified": "updated_at",
}
_MEMBERSHIP_COLUMNS = {
    "role": "role",
    "invitedAt": "invited_at",
    "acceptedAt": "accepted_at",
    "confirmedAt": "confirmed_at",
}
_KINDS = {
    "boolean": Kind.BOOLEAN,
    "integer": Kind.NUMBER,
    "decimal": Kind.NUMBER,
    "dateTime": Kind.INSTANT,
}


def user_condition(text: str | None, warnings: Warnings) -> Condition:
    """The condition on members that a filter text asks for; ScimError 400 invalidFilter."""
    if text is None:
        return EVERYTHING
    return _Compiler(USER_RESOURCE).condition(
        check_filter(parse_filter(text, warnings), USER_RESOURCE)
    )


def group_condition(text: str | None, warnings: Warnings) -> Condition:
    """The condition on groups that a filter text asks for; ScimError 400 invalidFilter."""
    if text is None:
        return EVERYTHING
    return _Compiler(GROUP_RESOURCE).condition(
        check_filter(parse_filter(text, warnings), GROUP_RESOURCE)
    )


class _Compiler:
    """Compiles for one resource type."""

    def __init__(self, resource: ResourceSchema) -> None:
        self._is_user = resource is USER_RESOURCE
        self._columns = _USER_COLUMNS if self._is_user else _GROUP_COLUMNS
        self._urn = USER_URN if self._is_user else GROUP_URN

    def condition(self, tree: Filter) -> Condition:
        match tree:
            case And(terms):
                return AllOf(tuple(self.condition(term) for term in terms))
            case Or(terms):
                return AnyOf(tuple(self.condition(term) for term in terms))
            case Not(term):
                return Negated(self.condition(term))
            case Presence(path):
                return self._presence(path)
            case Comparison(path, operator, value):
                return self._comparison(path, _OPS[operator], value)
            case ElementMatch(path, inner):
                return self._element_match(path, inner)

    def _comparison(self, path: AttributePath, op: Op, value: Value) -> Condition:
        name = _full_name(path)
        if path.urn is None:
            column = self._columns.get(name)
            if column is not None:
                return Compare(Column(column), op, value)
            match name:
                case "id":
                    return _id(op, value)
                case "schemas":
                    return self._schemas(op, value)
                case "emails.value" if self._is_user:
                    return _email(op, value)
                case "groups.value" | "members.value":
                    return _linked(op, value)
                case "meta.version":
                    return _version(op, value)
                case "meta.resourceType":
                    same = str(value).lower() == ("user" if self._is_user else "group")
                    return _constant(op, path, holds=same)
        elif path.urn == MEMBERSHIP_USER_URN:
            return _membership(path, op, value)
        return self._stored(path, op, value)

    def _stored(self, path: AttributePath, op: Op, value: Value) -> Condition:
        """An attribute that is part of the profile."""
        self._refuse_unsearchable(path)
        container, leaf = path.container or path.attribute, path.attribute
        assert container is not None and leaf is not None
        kind = _kind(leaf)
        steps = (path.name,) if path.urn is None else (path.urn, path.name)
        if not container.multi_valued:
            if path.sub is not None:
                steps = (*steps, path.sub)
            return Compare(ProfileValue(steps, kind), op, value)
        inner = (path.sub,) if path.sub is not None else ()
        if value is None:
            present = AnyElement(steps, Compare(ElementValue(inner, kind), Op.PRESENT))
            return Negated(present) if op is Op.EQ else present
        if op is Op.NE:
            # Of several values: none is identical.
            return Negated(AnyElement(steps, Compare(ElementValue(inner, kind), Op.EQ, value)))
        return AnyElement(steps, Compare(ElementValue(inner, kind), op, value))

    def _presence(self, path: AttributePath) -> Condition:
        name = _full_name(path)
        if path.urn is None:
            column = self._columns.get(name)
            if column is not None:
                return Compare(Column(column), Op.PRESENT)
            if name in {"id", "schemas", "meta"} or name.startswith("meta."):
                return EVERYTHING
            if name.split(".")[0] in {"groups", "members"}:
                return Linked(None)
            if name == "name":
                return AnyOf(
                    (
                        Compare(Column("given_name"), Op.PRESENT),
                        Compare(Column("family_name"), Op.PRESENT),
                        Compare(ProfileValue(("name",), Kind.ANY), Op.PRESENT),
                    )
                )
        elif path.urn == MEMBERSHIP_USER_URN:
            column = _MEMBERSHIP_COLUMNS.get(path.name)
            return EVERYTHING if column is None else Compare(Column(column), Op.PRESENT)
        self._refuse_unsearchable(path)
        steps = (path.name,) if path.urn is None else (path.urn, path.name)
        if path.sub is None:
            return Compare(ProfileValue(steps, Kind.ANY), Op.PRESENT)
        if path.container is not None and path.container.multi_valued:
            return AnyElement(steps, Compare(ElementValue((path.sub,), Kind.ANY), Op.PRESENT))
        return Compare(ProfileValue((*steps, path.sub), Kind.ANY), Op.PRESENT)

    def _element_match(self, path: AttributePath, inner: Filter) -> Condition:
        if path.urn is None and path.name in {"groups", "members"}:
            return _linked_match(inner)
        self._refuse_unsearchable(path)
        steps = (path.name,) if path.urn is None else (path.urn, path.name)
        match = AnyElement(steps, _inside(inner))
        if self._is_user and path.urn is None and path.name == "emails":
            required = _required_values(inner)
            # An index finds the few members who have such an address at all.
            keys = (Compare(Column("email"), Op.EQ, value) for value in required)
            return AllOf((*keys, match)) if required else match
        return match

    def _schemas(self, op: Op, value: Value) -> Condition:
        present: Condition = NOTHING
        if isinstance(value, str):
            schema = (USER_RESOURCE if self._is_user else GROUP_RESOURCE).schema(value)
            if schema is not None and schema.id in {self._urn, MEMBERSHIP_USER_URN}:
                present = EVERYTHING
            elif schema is not None:
                present = Compare(ProfileValue((schema.id,), Kind.ANY), Op.PRESENT)
        if op is Op.EQ:
            return present
        if op is Op.NE:
            return Negated(present)
        raise ScimError.invalid_filter("Compare schemas by eq or ne only.")

    def _refuse_unsearchable(self, path: AttributePath) -> None:
        if not self._is_user or path.name in {"meta", "groups"}:
            raise ScimError.invalid_filter(f"Filtering on {path} is not supported.")


def _full_name(path: AttributePath) -> str:
    return path.name if path.sub is None else f"{path.name}.{path.sub}"


def _kind(attribute: Attribute) -> Kind:
    return _KINDS.get(attribute.type, Kind.EXACT if attribute.case_exact else Kind.TEXT)


def _id(op: Op, value: Value) -> Condition:
    if op in {Op.EQ, Op.NE}:
        id_ = parse_uuid(value) if isinstance(value, str) else None
        if id_ is None or str(id_) != value:
            return NOTHING if op is Op.EQ else EVERYTHING
        return Compare(Column("id"), op, id_)
    return Compare(Column("id"), op, value)


def _email(op: Op, value: Value) -> Condition:
    column = Compare(Column("email"), op, value)
    if op in {Op.EQ, Op.NE}:
        return column
    element = Compare(ElementValue(("value",), Kind.TEXT), op, value)
    return AnyOf((column, AnyElement(("emails",), element)))


def _linked(op: Op, value: Value) -> Condition:
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


def _linked_match(inner: Filter) -> Condition:
    match inner:
        case Comparison(path, Operator.EQ, value) if path.name == "value":
            return _linked(Op.EQ, value)
        case Comparison(path, Operator.EQ, str() as value) if path.name == "type":
            # Members of groups are users, and memberships are direct: nothing else exists.
            return Linked(None) if value.lower() in {"user", "direct"} else NOTHING
        case Presence():
            return Linked(None)
        case Or(terms):
            return AnyOf(tuple(_linked_match(term) for term in terms))
        case And((Comparison(path, Operator.EQ, value), *rest)) if path.name == "value":
            return AllOf((_linked(Op.EQ, value), *(_linked_match(term) for term in rest)))
        case _:
            raise ScimError.invalid_filter("Find members and groups by value eq only.")


def _version(op: Op, value: Value) -> Condition:
    if op not in {Op.EQ, Op.NE}:
        raise ScimError.invalid_filter("Compare meta.version by eq or ne only.")
    named = parse_condition(value if isinstance(value, str) else None)
    versions = sorted(named.versions) if named is not None else []
    if not versions:
        return NOTHING if op is Op.EQ else EVERYTHING
    return Compare(Column("version"), op, versions[0])


def _constant(op: Op, path: AttributePath, *, holds: bool) -> Condition:
    if op not in {Op.EQ, Op.NE}:
        raise ScimError.invalid_filter(f"Compare {path} by eq or ne only.")
    return EVERYTHING if holds is (op is Op.EQ) else NOTHING


def _membership(path: AttributePath, op: Op, value: Value) -> Condition:
    column = _MEMBERSHIP_COLUMNS.get(path.name)
    if isinstance(value, datetime) and column is not None:
        return Compare(Column(column), op, value)
    if op not in {Op.EQ, Op.NE} or (value is None and column is None):
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


def _inside(tree: Filter) -> Condition:
    """A condition on one element; its names are sub-attributes."""
    match tree:
        case And(terms):
            return AllOf(tuple(_inside(term) for term in terms))
        case Or(terms):
            return AnyOf(tuple(_inside(term) for term in terms))
        case Not(term):
            return Negated(_inside(term))
        case Presence(path):
            return Compare(ElementValue((path.name,), Kind.ANY), Op.PRESENT)
        case Comparison(path, operator, value):
            assert path.attribute is not None
            kind = _kind(path.attribute)
            return Compare(ElementValue((path.name,), kind), _OPS[operator], value)
        case ElementMatch():
            raise ScimError.invalid_filter("Use no brackets inside brackets.")


def _required_values(tree: Filter) -> tuple[str, ...]:
    """The values that an element must have for the condition to hold."""
    match tree:
        case Comparison(path, Operator.EQ, str() as value) if path.name == "value":
            return (value,)
        case And(terms):
            return tuple(value for term in terms for value in _required_values(term))
        case _:
            return ()
