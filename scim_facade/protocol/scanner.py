"""Reads the words of a filter or PATCH path from a text, always knowing where it stands."""

from __future__ import annotations

import math
import re
from typing import NoReturn

import orjson

from .ast import AttributePath
from .body import MAX_INTEGER
from .dialect import Deviation, Warnings
from .errors import ScimError

MAX_BYTES = 4096

_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_$.:-]*")
_PATH = re.compile(r"""[^\s\[\]()"']+""")
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")
_URN = re.compile(r"[A-Za-z0-9_$.:/~%+-]+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SINGLE_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_UNQUOTED_END = re.compile(r"\s(?:and|or)\s|[)\]]|\Z", re.IGNORECASE)

Scalar = str | int | float | bool | None


class Scanner:
    """A text and a position in it; every error names the position, counted from 1."""

    __slots__ = ("_warnings", "position", "text")

    def __init__(self, text: str, warnings: Warnings) -> None:
        self.text = text
        self.position = 0
        self._warnings = warnings
        try:
            size = len(text.encode())
        except UnicodeEncodeError as error:
            self.position = error.start
            self.fail("remove the lone surrogate")
        if size > MAX_BYTES:
            raise ScimError.invalid_filter(f"Keep the filter within {MAX_BYTES} bytes.")
        if (null := text.find("\0")) >= 0:
            self.position = null
            self.fail("remove the character U+0000")

    def fail(self, advice: str, start: int | None = None) -> NoReturn:
        """Raise invalidFilter at the position, or for the span from `start` up to it."""
        if start is None or start + 1 >= self.position:
            where = f"At character {(self.position if start is None else start) + 1}"
        else:
            where = f"At characters {start + 1} to {self.position}"
        raise ScimError.invalid_filter(f"{where} of the filter: {advice}.")

    def skip_space(self) -> None:
        match = _SPACE.match(self.text, self.position)
        if match is not None:
            self.position = match.end()

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.text)

    def next_is(self, character: str) -> bool:
        return self.text.startswith(character, self.position)

    def take(self, character: str) -> bool:
        """Move past the character, if it is the next one; whether it was."""
        if not self.next_is(character):
            return False
        self.position += len(character)
        return True

    def peek_word(self) -> str:
        match = _WORD.match(self.text, self.position)
        return "" if match is None else match[0].lower()

    def take_word(self) -> str:
        """Move past the word that comes next, in lower case; empty where there is none."""
        word = self.peek_word()
        self.position += len(word)
        return word

    def attribute_path(self) -> AttributePath:
        """Read a path that names an attribute. Raises ScimError."""
        start = self.position
        match = _PATH.match(self.text, start)
        if match is None:
            self.fail("name an attribute")
        self.position = match.end()
        path = split_path(match[0])
        if path is None:
            self.fail("write an attribute as name, name.sub or URN:name", start)
        return path

    def name(self) -> str:
        """Read the name of a sub-attribute. Raises ScimError."""
        match = _NAME.match(self.text, self.position)
        if match is None:
            self.fail("name a sub-attribute")
        self.position = match.end()
        return match[0]

    def value(self) -> Scalar:
        """A JSON literal, or one of the tolerated spellings of a string. Raises ScimError."""
        if self.next_is('"'):
            return self._quoted()
        if self.next_is("'"):
            return self._single_quoted()
        return self._unquoted()

    def _quoted(self) -> str:
        start = self.position
        match = _QUOTED.match(self.text, start)
        if match is None:
            self.fail("close the quoted value")
        self.position = match.end()
        try:
            value = orjson.loads(match[0])
        except orjson.JSONDecodeError:
            self.fail("escape the value as a JSON string", start)
        return self._checked(str(value), start)

    def _single_quoted(self) -> str:
        start = self.position
        match = _SINGLE_QUOTED.match(self.text, start)
        if match is None:
            self.fail("close the quoted value")
        self.position = match.end()
        self._warnings.add(Deviation.SINGLE_QUOTED_VALUE)
        return _ESCAPED.sub(r"\1", match[1])

    def _unquoted(self) -> Scalar:
        """RFC 7644 knows unquoted literals only; several providers leave out the quotes."""
        start = self.position
        end = _UNQUOTED_END.search(self.text, start)
        stop = len(self.text) if end is None else end.start()
        word = self.text[start:stop].rstrip()
        self.position = start + len(word)
        match word:
            case "":
                self.fail("give a value to compare with")
            case "true":
                return True
            case "false":
                return False
            case "null":
                return None
            case _:
                pass
        number = _NUMBER.fullmatch(word)
        if number is not None:
            return self._number(word, is_integer=not (number[1] or number[2]), start=start)
        self._warnings.add(Deviation.UNQUOTED_FILTER_VALUE)
        return word

    def _number(self, word: str, *, is_integer: bool, start: int) -> int | float:
        # Measured by its length first: int() of thousands of digits is slow and then refused.
        if is_integer and len(word) <= 17 and abs(int(word)) <= MAX_INTEGER:
            return int(word)
        if is_integer:
            self.fail("keep integers between -2^53 and 2^53, or quote the value", start)
        if not math.isfinite(float(word)):
            self.fail("keep numbers finite, or quote the value", start)
        return float(word)

    def _checked(self, value: str, start: int) -> str:
        if "\0" in value:
            self.fail("remove the character U+0000", start)
        return value


def split_path(text: str) -> AttributePath | None:
    """`name`, `name.sub` or either behind `URN:`; None if it is none of these."""
    urn, colon, rest = text.rpartition(":")
    name, dot, sub = rest.partition(".")
    if not _NAME.fullmatch(name) or (dot and not _NAME.fullmatch(sub)):
        return None
    if colon and not _URN.fullmatch(urn):
        return None
    return AttributePath(urn if colon else None, name, sub if dot else None)
