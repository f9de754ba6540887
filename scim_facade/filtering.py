"""Compiles checked SCIM filters to the domain's conditions on members and groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

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
from scim_facade.filter_terms import (
    ANY_EMAIL,
    INVITED_BY_ADDRESS,
    MEMBERSHIP_COLUMNS,
    OPS,
    below,
    element_condition,
    email_match,
    email_term,
    full_name,
    id_term,
    kind_of,
    linked_match,
    linked_term,
    membership_term,
    version_term,
)
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
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.evaluation import matches
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
    from scim_facade.protocol.schemas import ResourceSchema

USER_COLUMNS = {
    "userName": "user_name",
    "externalId": "external_id",
    "displayName": "display_name",
    "active": "active",
    "name.givenName": "given_name",
    "name.familyName": "family_name",
    "meta.created": "created_at",
    "meta.lastModified": "updated_at",
}
GROUP_COLUMNS = {
    "displayName": "display_name",
    "externalId": "external_id",
    "meta.created": "created_at",
    "meta.lastModified": "updated_at",
}


def user_condition(
    text: str | None, warnings: Warnings, *, several_types: bool = False
) -> Condition:
    """The condition on members that a filter text asks for; ScimError 400 invalidFilter."""
    if text is None:
        return EVERYTHING
    return _Compiler(USER_RESOURCE).condition(
        check_filter(parse_filter(text, warnings), USER_RESOURCE, absent_if_unknown=several_types)
    )


def group_condition(
    text: str | None, warnings: Warnings, *, several_types: bool = False
) -> Condition:
    """The condition on groups that a filter text asks for; ScimError 400 invalidFilter."""
    if text is None:
        return EVERYTHING
    return _Compiler(GROUP_RESOURCE).condition(
        check_filter(parse_filter(text, warnings), GROUP_RESOURCE, absent_if_unknown=several_types)
    )


class _Compiler:
    """Compiles for one resource type."""

    def __init__(self, resource: ResourceSchema) -> None:
        self._resource = resource
        self._is_user = resource is USER_RESOURCE
        self._link_kind = "direct" if self._is_user else "user"
        self._columns = USER_COLUMNS if self._is_user else GROUP_COLUMNS
        self._urn = USER_URN if self._is_user else GROUP_URN
        self._constant_urns = (MEMBERSHIP_USER_URN,) if self._is_user else ()

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
                special = self._special(tree)
                return special or self._comparison(path, OPS[operator], value)
            case ElementMatch(path, inner):
                return self._element_match(path, inner)

    def _special(self, tree: Comparison) -> Condition | None:
        """The condition where all or most resources have the same value."""
        if tree.path.urn is not None:
            return None
        match full_name(tree.path):
            case "meta.resourceType":
                document = {"meta": {"resourceType": self._resource.name}}
                return EVERYTHING if matches(tree, document) else NOTHING
            case "schemas":
                return self._schemas(tree)
            case "groups.type" | "members.type" if tree.value is not None:
                one = replace(tree.path, name="type", sub=None)
                of_one = linked_match(
                    Comparison(one, Operator.EQ, tree.value), kind=self._link_kind
                )
                match tree.operator:
                    case Operator.EQ:
                        return of_one
                    case Operator.NE:
                        return Negated(of_one)
                    case _:
                        return None
            case _:
                return None

    def _comparison(self, path: AttributePath, op: Op, value: Value) -> Condition:
        name = full_name(path)
        if path.urn is None:
            column = self._columns.get(name)
            if column is not None:
                return Compare(Column(column), op, value)
            match name:
                case "id":
                    return id_term(op, value)
                case "emails.value" if self._is_user and value is not None:
                    return email_term(op, value)
                case "emails.value" if self._is_user:
                    return Negated(ANY_EMAIL) if op is Op.EQ else ANY_EMAIL
                case "groups.value" | "members.value":
                    return linked_term(op, value)
                case "meta.version":
                    return version_term(op, value)
                case _:
                    pass
        elif path.urn == MEMBERSHIP_USER_URN:
            return membership_term(path, op, value)
        return self._stored(path, op, value)

    def _stored(self, path: AttributePath, op: Op, value: Value) -> Condition:
        """An attribute that is part of the profile."""
        self._refuse_unsearchable(path)
        container = path.container or path.attribute
        kind = kind_of(path.attribute)
        steps = (path.name,) if path.urn is None else (path.urn, path.name)
        if container is None or not container.multi_valued:
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
        name = full_name(path)
        if path.urn is None:
            column = self._columns.get(name)
            if column is not None:
                return Compare(Column(column), Op.PRESENT)
            if name in {"id", "schemas", "meta"} or name.startswith("meta."):
                return EVERYTHING
            if name.split(".")[0] in {"groups", "members"}:
                return Linked(None)
            if name == "emails":
                listed = Compare(ProfileValue(("emails",), Kind.ANY), Op.PRESENT)
                return AnyOf((listed, INVITED_BY_ADDRESS))
            if name == "emails.value":
                return ANY_EMAIL
            if name == "name":
                return AnyOf(
                    (
                        Compare(Column("given_name"), Op.PRESENT),
                        Compare(Column("family_name"), Op.PRESENT),
                        Compare(ProfileValue(("name",), Kind.ANY), Op.PRESENT),
                    )
                )
        elif path.urn == MEMBERSHIP_USER_URN:
            column = MEMBERSHIP_COLUMNS.get(path.name)
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
            return linked_match(inner, kind=self._link_kind)
        if path.urn is None and path.name == "name":
            # Its parts have columns of their own.
            return AllOf((self._presence(path), self.condition(below(path, inner))))
        self._refuse_unsearchable(path)
        if self._is_user and path.urn is None and path.name == "emails":
            return email_match(inner)
        steps = (path.name,) if path.urn is None else (path.urn, path.name)
        return AnyElement(steps, element_condition(inner))

    def _schemas(self, tree: Comparison) -> Condition:
        if tree.value is None:
            return NOTHING if tree.operator is Operator.EQ else EVERYTHING
        if tree.operator is Operator.NE:
            return Negated(self._schemas(replace(tree, operator=Operator.EQ)))
        known = self._resource.schema(str(tree.value))
        if known is not None:
            tree = replace(tree, value=known.id)
        if matches(tree, {"schemas": [self._urn, *self._constant_urns]}):
            return EVERYTHING
        # Of the others a resource has those that its profile holds data of.
        held = (
            Compare(ProfileValue((extension.id,), Kind.ANY), Op.PRESENT)
            for extension in self._resource.extensions
            if matches(tree, {"schemas": [extension.id]})
        )
        return AnyOf(tuple(held))

    def _refuse_unsearchable(self, path: AttributePath) -> None:
        if not self._is_user or path.name in {"meta", "groups"}:
            raise ScimError.invalid_filter(f"Filtering on {path} is not supported.")
