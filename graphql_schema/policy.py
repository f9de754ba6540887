"""What a field needs and costs, said once: printed as directives and enforced from them."""

from __future__ import annotations

import strawberry
from strawberry.schema_directive import Location

from graphql_schema.enums import Scope


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT],
    name="requiresScope",
    repeatable=True,
    description=(
        "The token scope that a field needs; on a type, all its fields but `id`."
        " An operation that selects one without the scope is refused as a whole."
    ),
)
class RequiresScope:
    scope: Scope


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description=(
        "Price of a field: `weight`, plus `listSize` (of a connection: `first` or `last`) times"
        " what is selected of each item."
    ),
)
class Cost:
    weight: int
    list_size: int | None = strawberry.UNSET


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="open",
    description=(
        "Anybody may ask this, without an access token and without a session. An operation that"
        " selects nothing but open root fields needs neither."
    ),
)
class Open:
    pass


OPEN = Open()
"""The root field is for anybody: what it needs is in its arguments, or nothing."""


def needs(scope: Scope) -> RequiresScope:
    """The field, or the type, needs `scope`."""
    return RequiresScope(scope=scope)


def costs(weight: int, list_size: int | None = None) -> Cost:
    """The field costs `weight`; composite fields that say nothing cost 1, leaves nothing."""
    return Cost(weight=weight, list_size=strawberry.UNSET if list_size is None else list_size)
