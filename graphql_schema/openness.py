"""Which operations anybody may run: those that select nothing but open root fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import DocumentNode, OperationDefinitionNode, SelectionSetNode

    from graphql_schema.prices import Prices

NAMELESS = "__typename"
"""Of a root it says nothing that is not known."""


def all_open(document: DocumentNode, operation: OperationDefinitionNode, prices: Prices) -> bool:
    """Whether each root field is declared open; what there is no such field of is not.

    Reads the document before it is known to be valid. What `@skip` leaves out counts all the same.
    """
    root = prices.fields[operation.operation.value.title()]
    return all(
        name == NAMELESS or (name in root and root[name].open)
        for name in _root_fields(document, operation.selection_set)
    )


def _root_fields(document: DocumentNode, selections: SelectionSetNode) -> Iterator[str]:
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    seen: set[str] = set()
    left = [selections]
    while left:
        for node in left.pop().selections:
            match node:
                case FieldNode():
                    yield node.name.value
                case InlineFragmentNode():
                    left.append(node.selection_set)
                case FragmentSpreadNode():
                    name = node.name.value
                    if name in fragments and name not in seen:
                        seen.add(name)
                        left.append(fragments[name].selection_set)
                case _:  # pragma: no cover - the grammar knows no other
                    yield "?"
