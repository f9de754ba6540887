"""Measures an operation before it runs: cost, depth, aliases, root fields, and scopes needed.

Cost is a sum over the selected fields: a field's weight, plus what is selected of it, times the
page size where it is a connection. Each fragment is measured once per type, so that measuring takes
no longer than reading the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    VariableNode,
)

from domain.vocabulary import Scope
from graphql_schema.connection import DEFAULT_PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, SelectionSetNode, ValueNode

    from graphql_schema.prices import FieldPrice, Prices

INTROSPECTION_COST = {"__typename": 0, "__schema": 1_000, "__type": 100}
"""By the time it takes: all of the schema is a fifth of a second."""
_FREE = frozenset({"id", "__typename"})
_PER_ITEM = frozenset({"edges", "nodes"})


@dataclass(frozen=True, slots=True)
class Measure:
    """What a selection comes to; `depth` counts nested fields from here down."""

    cost: int = 0
    depth: int = 0
    aliases: int = 0
    fields: int = 0
    scopes: frozenset[Scope] = frozenset()

    def beside(self, other: Measure) -> Measure:
        """Both of two selections."""
        return Measure(
            self.cost + other.cost,
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.fields + other.fields,
            self.scopes | other.scopes,
        )


_NOTHING = Measure()


class Measuring:
    """Measures the operations of one document under given variables."""

    def __init__(
        self, prices: Prices, document: DocumentNode, variables: Mapping[str, Any]
    ) -> None:
        self._prices = prices
        self._variables = variables
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[tuple[str, str, frozenset[str]], Measure] = {}
        self.uses_variables = False
        """Whether the measure may be another with other variables."""

    def operation(self, node: OperationDefinitionNode) -> Measure:
        """The whole operation; `fields` are its root fields."""
        for definition in node.variable_definitions or ():
            # A default counts where no value is given.
            if definition.default_value is not None:
                name = definition.variable.name.value
                if name not in self._variables:
                    self._variables = {
                        **self._variables,
                        name: _literal(definition.default_value),
                    }
        root = node.operation.value.title()
        return self._selection(node.selection_set, root, frozenset({root}), 1, None)

    def _selection(
        self,
        selection_set: SelectionSetNode,
        type_name: str,
        possible: frozenset[str],
        page: int,
        bulk: int | None,
    ) -> Measure:
        total = _NOTHING
        for node in selection_set.selections:
            if not self._included(node.directives):
                continue
            match node:
                case FieldNode():
                    found = self._field(node, type_name, possible, page, bulk)
                case InlineFragmentNode(type_condition=condition):
                    narrowed, to = (
                        (type_name, possible)
                        if condition is None
                        else self._narrowed(condition.name.value, possible)
                    )
                    found = self._selection(node.selection_set, narrowed, to, page, bulk)
                case FragmentSpreadNode():
                    found = self._spread(node.name.value, possible, page, bulk)
                case _:
                    continue
            total = total.beside(found)
        return total

    def _narrowed(self, condition: str, possible: frozenset[str]) -> tuple[str, frozenset[str]]:
        return condition, possible & self._prices.possible.get(condition, possible)

    def _spread(self, name: str, possible: frozenset[str], page: int, bulk: int | None) -> Measure:
        fragment = self._fragments[name]
        narrowed, to = self._narrowed(fragment.type_condition.name.value, possible)
        key = (name, f"{page} {bulk}", to)
        known = self._known.get(key)
        if known is None:
            known = self._selection(fragment.selection_set, narrowed, to, page, bulk)
            self._known[key] = known
        return known

    def _field(
        self,
        node: FieldNode,
        type_name: str,
        possible: frozenset[str],
        page: int,
        bulk: int | None,
    ) -> Measure:
        name = node.name.value
        alias = int(node.alias is not None)
        if name.startswith("__"):
            return Measure(INTROSPECTION_COST[name], 1, alias, 1)
        price = self._prices.fields[type_name][name]
        scopes = self._scopes(name, price, possible)
        if node.selection_set is None:
            return Measure(price.weight, 1, alias, 1, scopes)
        inner_page = self._page(node) if price.pages else 1
        below = self._selection(
            node.selection_set,
            price.returns,
            self._prices.possible[price.returns],
            inner_page,
            self._bulk(node) if type_name == "Mutation" else bulk,
        )
        cost = below.cost
        times = page if name in _PER_ITEM else price.list_size
        if name == "nodes":
            cost += 1
        if name == "results" and bulk is not None:
            times = bulk
        weight = 0 if name in _PER_ITEM else price.weight
        return Measure(
            weight + times * max(cost, int(name in _PER_ITEM)),
            below.depth + 1,
            below.aliases + alias,
            1,
            below.scopes | scopes,
        )

    def _scopes(self, name: str, price: FieldPrice, possible: frozenset[str]) -> frozenset[Scope]:
        """Of the field itself in every type it may be asked of, and of those types."""
        scopes = price.scopes
        for type_name in possible:
            own = self._prices.fields[type_name].get(name)
            if own is not None:
                scopes |= own.scopes
            if name not in _FREE:
                scopes |= self._prices.type_scopes[type_name]
        return scopes

    def _page(self, node: FieldNode) -> int:
        sizes = [
            self._integer(argument.value)
            for argument in node.arguments or ()
            if argument.name.value in {"first", "last"}
        ]
        return max((size for size in sizes if size is not None), default=DEFAULT_PAGE)

    def _bulk(self, node: FieldNode) -> int:
        """How many ids the input of a mutation names."""
        values = [self._value(argument.value) for argument in node.arguments or ()]
        lists = [
            value
            for given in values
            if isinstance(given, dict)
            for value in given.values()
            if isinstance(value, list)
        ]
        return max(map(len, lists), default=1)

    def _integer(self, node: ValueNode) -> int | None:
        value = self._value(node)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def _value(self, node: ValueNode) -> Any:
        if isinstance(node, VariableNode):
            self.uses_variables = True
            return self._variables.get(node.name.value)
        return _literal(node, self)

    def variable(self, name: str) -> Any:
        """The value of a variable inside a literal."""
        self.uses_variables = True
        return self._variables.get(name)

    def _included(self, directives: Any) -> bool:
        """Whether `@skip` and `@include` leave the selection in; when in doubt it is in."""
        for directive in directives or ():
            name = directive.name.value
            if name in {"skip", "include"} and directive.arguments:
                value = self._value(directive.arguments[0].value)
                if value is (name == "skip"):
                    return False
        return True


def _literal(node: Any, measuring: Measuring | None = None) -> Any:
    """A literal as a Python value, as far as measuring needs it."""
    match node.kind:
        case "int_value":
            assert isinstance(node, IntValueNode)  # noqa: S101 - what its kind says
            return int(node.value)
        case "boolean_value":
            return node.value
        case "list_value":
            return [_literal(item, measuring) for item in node.values]
        case "object_value":
            return {field.name.value: _literal(field.value, measuring) for field in node.fields}
        case "variable":
            return None if measuring is None else measuring.variable(node.name.value)
        case _:
            return None
