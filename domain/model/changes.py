"""One audited change of one attribute."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` are JSON values, instants or ids; None means absent."""

    attribute: str
    before: Any
    after: Any
