"""Documents: read once, checked for their form, and remembered as far as memory is meant for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    TokenKind,
    parse,
)

from graphql_schema.errors import LIMIT_EXCEEDED, ApiError

if TYPE_CHECKING:
    from graphql_schema.measure import Measure
    from graphql_schema.services import Limits

REMEMBERED_TOKENS = 100_000
"""A token of a parsed document takes half a kilobyte."""
REMEMBERED_CHARACTERS = 5_000_000
LONGEST_NAME = 128
_NUL = re.compile(r"\x00|\\u(?:0000|\{0+\})")
_OPENING = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSING = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})


@dataclass(slots=True)
class Document:
    """A parsed document, what is wrong with it, its operations and their measures by name."""

    node: DocumentNode
    operations: dict[str | None, OperationDefinitionNode]
    tokens: int = 0
    errors: list[GraphQLError] | None = None
    measures: dict[str | None, Measure] = field(default_factory=dict)


class Memory:
    """The documents asked for last, up to so many tokens and characters of all together."""

    __slots__ = ("_characters", "_known", "_tokens")

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], Document] = {}
        self._tokens = 0
        self._characters = 0

    def __len__(self) -> int:
        return len(self._known)

    def find(self, query: str, limits: Limits) -> Document | None:
        """The document of a text, which is now the last to be forgotten."""
        key = (query, limits.tokens, limits.nesting)
        found = self._known.pop(key, None)
        if found is not None:
            self._known[key] = found
        return found

    def keep(self, query: str, limits: Limits, document: Document) -> None:
        """Remember one more, and forget those not asked for the longest where it is too much."""
        self._known[query, limits.tokens, limits.nesting] = document
        self._tokens += document.tokens
        self._characters += len(query)
        while self._tokens > REMEMBERED_TOKENS or self._characters > REMEMBERED_CHARACTERS:
            key = next(iter(self._known))
            self._tokens -= self._known.pop(key).tokens
            self._characters -= len(key[0])


_memory = Memory()


def parsed(query: str, limits: Limits, *, by_nobody: bool = False) -> Document:
    """The document of a query text. Raises ApiError, GraphQLSyntaxError.

    What is sent `by_nobody` in particular is shorter, and makes nothing else be forgotten.
    """
    found = _memory.find(query, limits)
    most = limits.anonymous_tokens if by_nobody else limits.tokens
    if found is not None and found.tokens <= most:
        return found
    if _NUL.search(query):
        raise GraphQLError("A string cannot contain U+0000.")
    too_deep = ApiError(
        LIMIT_EXCEEDED, f"A document may have at most {limits.nesting} brackets in each other."
    )
    try:
        node = parse(query, max_tokens=most)
    except GraphQLSyntaxError as error:
        if "tokens" in error.message and str(most) in error.message:
            raise ApiError(LIMIT_EXCEEDED, f"A document may have at most {most} tokens.") from error
        raise
    except RecursionError:
        raise too_deep from None
    document = Document(node, _operations(node))
    nesting = 0
    token = node.loc.start_token.next if node.loc is not None else None
    while token is not None and token.kind is not TokenKind.EOF:
        document.tokens += 1
        nesting += (token.kind in _OPENING) - (token.kind in _CLOSING)
        if nesting > limits.nesting:
            raise too_deep
        if token.kind is TokenKind.NAME and len(token.value or "") > LONGEST_NAME:
            raise ApiError(LIMIT_EXCEEDED, f"A name may have at most {LONGEST_NAME} characters.")
        token = token.next
    if not by_nobody:
        _memory.keep(query, limits, document)
    return document


def _operations(node: DocumentNode) -> dict[str | None, OperationDefinitionNode]:
    return {
        definition.name.value if definition.name is not None else None: definition
        for definition in node.definitions
        if isinstance(definition, OperationDefinitionNode)
    }


def has_nul(value: Any, levels: int) -> bool:
    """Whether a JSON value holds a character that the database cannot store.

    Raises ApiError where it is nested more than so many levels.
    """
    if isinstance(value, str):
        return "\0" in value
    if not isinstance(value, dict | list):
        return False
    if not levels:
        raise ApiError(LIMIT_EXCEEDED, "The variables are nested too deeply.")
    parts = value.values() if isinstance(value, dict) else value
    return any(has_nul(part, levels - 1) for part in parts)
