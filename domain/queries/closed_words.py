"""Words of closed sets as SQL literals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import false, literal_column

_WORD = re.compile(r"[A-Za-z0-9_.]+")


def one_word_of(column: Any, words: Sequence[str]) -> Any:
    """That the column is one of the words. Raises ValueError for what is no plain word."""
    for word in words:
        if not _WORD.fullmatch(word):
            raise ValueError(f"no word of a closed set: {word!r}")
    if not words:
        return false()
    if len(words) == 1:
        return column == literal_column(f"'{words[0]}'")
    return column.in_([literal_column(f"'{word}'") for word in words])


def http_statuses(numbers: Sequence[int]) -> tuple[int, ...]:
    """Those of the numbers that can be an HTTP status, which are few enough to be words."""
    return tuple(number for number in numbers if 100 <= number <= 599)
