"""Text that comes from elsewhere, as it may be shown: nothing in it steers a terminal or a mail."""

from __future__ import annotations

UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """The text with a mark in place of each control or invisible character, line breaks among them.

    Names of people and organizations, and what providers send, may hold escape sequences.
    """
    return "".join(letter if letter.isprintable() else UNPRINTABLE for letter in text)


def one_line(text: str) -> str:
    """The text without line breaks, control and invisible characters, blanks made one."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
