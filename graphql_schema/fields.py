"""Fields that show a value of the row their object wraps, without a resolver call.

A plain resolver costs 2.5 µs a field; such a field costs a fifth of it, which is what pages of many
rows are made of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeVar, cast

import strawberry
from strawberry.types.field import StrawberryField

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


class RowField(StrawberryField):
    """A field whose value is read from its object; never a parameter of the object's class."""

    read: Callable[[Any], Any] | None = None

    @property
    def reading(self) -> Callable[[Any], Any]:
        """Reads the value from the object."""
        if self.read is None:
            self.read = attrgetter(f"row.{self.python_name}")
        return self.read

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:  # noqa: ARG002
        """The value; called by Strawberry for fields without a resolver."""
        return self.reading(source)

    def __copy__(self) -> RowField:
        """A copy that reads the same; Strawberry copies the fields of inherited types."""
        copied: RowField = super().__copy__()
        copied.read = self.read
        copied.init = copied.repr = copied.compare = False
        return copied


def shown(
    path: str | Callable[[Any], Any] | None = None,
    *,
    description: str | None = None,
    name: str | None = None,
    directives: Sequence[object] = (),
) -> Any:
    """A field of the same name in `row`, at another `path`, or as a function of the object says."""
    field = RowField(graphql_name=name, description=description, directives=directives)
    field.init = field.repr = field.compare = False
    if path is not None:
        field.read = attrgetter(path) if isinstance(path, str) else path
    return field


def resolved(*directives: object, description: str | None = None) -> Callable[[Resolver], Resolver]:
    """Make a field of a method, with what it needs and costs."""

    def decorate(resolver: Resolver) -> Resolver:
        made = strawberry.field(resolver, description=description, directives=directives)
        return cast("Resolver", made)

    return decorate


def subscribed(*directives: object, description: str) -> Callable[[Resolver], Resolver]:
    """Make a subscription of a method that returns the stream of its events."""

    def decorate(resolver: Resolver) -> Resolver:
        made = strawberry.subscription(resolver, description=description, directives=directives)
        return cast("Resolver", made)

    return decorate
