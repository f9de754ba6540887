"""The filter grammar of RFC 7644 §3.4.2.2 and the path grammar of §3.5.2, by recursive descent."""

from __future__ import annotations

from dataclasses import replace

from .ast import (
    And,
    AttributePath,
    Comparison,
    ElementMatch,
    Filter,
    Not,
    Operator,
    Or,
    PatchPath,
    Presence,
)
from .dialect import Warnings
from .errors import ScimError
from .scanner import Scanner, split_path

MAX_DEPTH = 32
MAX_TERMS = 200
MAX_PATH_CHARACTERS = 1024

_OPERATORS = {operator.value: operator for operator in Operator}


def parse_filter(text: str, warnings: Warnings) -> Filter:
    """The tree of a filter, or ScimError 400 invalidFilter that names the position.

    Beyond the grammar: unquoted and single-quoted values, `emails[…].value eq "x"`, names and
    operators in any case, any amount of white space. Limits: 4 KiB, 32 levels, 200 terms.
    """
    parser = _Parser(text, warnings)
    tree = parser.alternatives(0)
    if not parser.scanner.at_end:
        parser.scanner.fail("continue with and, or, or end here")
    return tree


def parse_path(text: str, warnings: Warnings) -> PatchPath:
    """A PATCH path, or ScimError 400: invalidPath, and invalidFilter inside its brackets."""
    plain = split_path(text)
    if plain is not None and len(text) <= MAX_PATH_CHARACTERS:
        return PatchPath(plain, text=text)
    stripped = text.strip()
    if "[" in stripped:
        if "]" not in stripped:
            raise ScimError.invalid_path("Close the brackets of the path.")
        return _Parser(stripped, warnings).patch_path()
    plain = split_path(stripped)
    if plain is None or len(stripped) > MAX_PATH_CHARACTERS:
        raise ScimError.invalid_path("Write the path as name, name.sub, name[filter] or URN:name.")
    return PatchPath(plain, text=stripped)


class _Parser:
    """One pass over one text; the depth travels with the calls, the terms are counted here."""

    __slots__ = ("_terms", "scanner")

    def __init__(self, text: str, warnings: Warnings) -> None:
        self.scanner = Scanner(text, warnings)
        self._terms = 0

    def alternatives(self, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            self.scanner.fail(f"nest no deeper than {MAX_DEPTH} levels")
        terms = [self._conjunction(depth)]
        while self._take_keyword("or"):
            terms.append(self._conjunction(depth))
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _conjunction(self, depth: int) -> Filter:
        terms = [self._term(depth)]
        while self._take_keyword("and"):
            terms.append(self._term(depth))
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _take_keyword(self, keyword: str) -> bool:
        self.scanner.skip_space()
        if self.scanner.peek_word() != keyword:
            return False
        self.scanner.take_word()
        return True

    def _term(self, depth: int) -> Filter:
        scanner = self.scanner
        scanner.skip_space()
        if scanner.peek_word() == "not":
            # Only with parentheses is it the keyword; without, it reads as an attribute.
            start = scanner.position
            scanner.take_word()
            scanner.skip_space()
            if scanner.next_is("("):
                return Not(self._group(depth))
            scanner.position = start
        if scanner.next_is("("):
            return self._group(depth)
        return self._attribute_term(depth)

    def _group(self, depth: int) -> Filter:
        self.scanner.take("(")
        inner = self.alternatives(depth + 1)
        self._close(")")
        return inner

    def _close(self, character: str) -> None:
        self.scanner.skip_space()
        if not self.scanner.take(character):
            self.scanner.fail(f"continue with and, or, or close with {character}")

    def _attribute_term(self, depth: int) -> Filter:
        path = self.scanner.attribute_path()
        self.scanner.skip_space()
        if not self.scanner.next_is("["):
            return self._test(path)
        if path.sub is not None:
            self.scanner.fail("put brackets behind an attribute, not a sub-attribute")
        condition = self._condition(depth)
        if not self.scanner.take("."):
            return ElementMatch(path, condition)
        # Entra filters on `emails[type eq "work"].value eq "x"`: one element meets both.
        test = self._test(AttributePath(None, self.scanner.name()))
        terms = condition.terms if isinstance(condition, And) else (condition,)
        return ElementMatch(path, And((*terms, test)))

    def _condition(self, depth: int) -> Filter:
        self.scanner.take("[")
        condition = self.alternatives(depth + 1)
        self._close("]")
        return condition

    def _test(self, path: AttributePath) -> Filter:
        scanner = self.scanner
        self._terms += 1
        if self._terms > MAX_TERMS:
            scanner.fail(f"use no more than {MAX_TERMS} terms")
        scanner.skip_space()
        start = scanner.position
        word = scanner.take_word()
        if word == "pr":
            return Presence(path)
        operator = _OPERATORS.get(word)
        if operator is None:
            scanner.fail("use one of eq, ne, co, sw, ew, pr, gt, ge, lt, le", start)
        scanner.skip_space()
        return Comparison(path, operator, scanner.value())

    def patch_path(self) -> PatchPath:
        scanner = self.scanner
        path = split_path(scanner.text.partition("[")[0].rstrip())
        if path is None or path.sub is not None:
            raise ScimError.invalid_path("Put the name of one attribute in front of the brackets.")
        scanner.position = scanner.text.index("[")
        condition = self._condition(0)
        if scanner.take("."):
            path = replace(path, sub=scanner.name())
        if not scanner.at_end:
            raise ScimError.invalid_path("End the path after the brackets or one sub-attribute.")
        return PatchPath(path, condition, scanner.text)
