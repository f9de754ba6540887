"""The syntax tree of filters and PATCH paths (RFC 7644 §3.4.2.2 and §3.5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from .schema_model import Attribute


class Operator(StrEnum):
    EQ = "eq"
    NE = "ne"
    CO = "co"
    SW = "sw"
    EW = "ew"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


# Values leave the parser as JSON; dates appear once a filter was checked against a schema.
Value: TypeAlias = str | int | float | bool | datetime | None


@dataclass(frozen=True, slots=True)
class AttributePath:
    """A name with its parts; after `check_filter` in canonical spelling and with its schema.

    `urn` is then set for extension attributes only. `attribute` is the schema of what is compared
    (the sub-attribute if there is one), `container` that of the top-level attribute around it;
    inside an ElementMatch the names are sub-attributes and have no container.
    """

    urn: str | None
    name: str
    sub: str | None = None
    attribute: Attribute | None = None
    container: Attribute | None = None

    def __str__(self) -> str:
        name = self.name if self.sub is None else f"{self.name}.{self.sub}"
        return name if self.urn is None else f"{self.urn}:{name}"


@dataclass(frozen=True, slots=True)
class Comparison:
    path: AttributePath
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Presence:
    path: AttributePath


@dataclass(frozen=True, slots=True)
class Not:
    term: Filter


@dataclass(frozen=True, slots=True)
class And:
    """All terms hold; without terms it is true."""

    terms: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one term holds; without terms it is false."""

    terms: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class ElementMatch:
    """One and the same value of a multi-valued attribute meets the condition."""

    path: AttributePath
    condition: Filter


Filter: TypeAlias = Comparison | Presence | Not | And | Or | ElementMatch


@dataclass(frozen=True, slots=True)
class PatchPath:
    """`attribute`, `attribute.sub`, `attribute[condition]` or `attribute[condition].sub`."""

    path: AttributePath
    condition: Filter | None = None
    text: str = ""

    def __str__(self) -> str:
        return self.text
