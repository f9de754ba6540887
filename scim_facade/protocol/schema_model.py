"""What a SCIM schema is made of, and case-insensitive lookup in it (RFC 7643 §2, §7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

AttributeType = Literal[
    "string",
    "boolean",
    "decimal",
    "integer",
    "dateTime",
    "binary",
    "reference",
    "complex",
]
Mutability = Literal["readOnly", "readWrite", "immutable", "writeOnly"]
Returned = Literal["always", "never", "default", "request"]
Uniqueness = Literal["none", "server", "global"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute with its characteristics; `index` finds sub-attributes by lower-case name."""

    name: str
    type: AttributeType = "string"
    multi_valued: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: Mutability = "readWrite"
    returned: Returned = "default"
    uniqueness: Uniqueness = "none"
    sub_attributes: tuple[Attribute, ...] = ()
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    description: str = ""
    index: dict[str, Attribute] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {sub.name.lower(): sub for sub in self.sub_attributes})

    def sub(self, name: str) -> Attribute | None:
        """The sub-attribute of that name, in whatever case it is written."""
        return self.index.get(name.lower())

    @property
    def is_complex(self) -> bool:
        return self.type == "complex"

    @property
    def is_read_only(self) -> bool:
        return self.mutability == "readOnly"


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema by its URN; `aliases` are foreign spellings that mean the same schema."""

    id: str
    name: str
    description: str
    attributes: tuple[Attribute, ...]
    aliases: tuple[str, ...] = ()
    index: dict[str, Attribute] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {a.name.lower(): a for a in self.attributes})

    @property
    def is_read_only(self) -> bool:
        return all(attribute.is_read_only for attribute in self.attributes)

    @property
    def is_on_request(self) -> bool:
        """Whether answers have nothing of it unless `attributes` asks for it."""
        return all(attribute.returned == "request" for attribute in self.attributes)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a name leads: `urn` is set for extensions only, core attributes live at the top."""

    urn: str | None
    attribute: Attribute
    sub: Attribute | None = None

    @property
    def leaf(self) -> Attribute:
        return self.sub or self.attribute

    @property
    def is_read_only(self) -> bool:
        return self.attribute.is_read_only or (self.sub is not None and self.sub.is_read_only)

    @property
    def text(self) -> str:
        name = self.attribute.name if self.sub is None else f"{self.attribute.name}.{self.sub.name}"
        return name if self.urn is None else f"{self.urn}:{name}"


@dataclass(frozen=True, slots=True)
class ResourceSchema:
    """A resource type: its core schema, extensions and the common attributes of RFC 7643 §3.1."""

    name: str
    endpoint: str
    description: str
    core: Schema
    extensions: tuple[Schema, ...]
    common: tuple[Attribute, ...]
    schemas: dict[str, Schema] = field(init=False, repr=False, compare=False)
    _names: dict[tuple[str | None, str], Resolved] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        schemas: dict[str, Schema] = {}
        for schema in (self.core, *self.extensions):
            for urn in (schema.id, *schema.aliases):
                schemas[urn.lower()] = schema
        names: dict[tuple[str | None, str], Resolved] = {}
        for schema in (*reversed(self.extensions), self.core):
            extension = None if schema is self.core else schema.id
            for attribute in schema.attributes:
                resolved = Resolved(extension, attribute)
                names[None, attribute.name.lower()] = resolved
                for urn in (schema.id, *schema.aliases):
                    names[urn.lower(), attribute.name.lower()] = resolved
        for attribute in self.common:
            resolved = Resolved(None, attribute)
            names[None, attribute.name.lower()] = resolved
            for urn in (self.core.id, *self.core.aliases):
                names[urn.lower(), attribute.name.lower()] = resolved
        object.__setattr__(self, "schemas", schemas)
        object.__setattr__(self, "_names", names)

    def find(self, urn: str | None, name: str, sub: str | None = None) -> Resolved | None:
        """Resolve a name in any spelling; extension attributes are found without their URN too."""
        found = self._names.get((urn and urn.lower(), name.lower()))
        if found is None:
            # `urn:…:User.department`, as connectors wrote it before 2018.
            if urn is not None and sub is not None and self.schema(f"{urn}:{name}") is not None:
                return self.find(f"{urn}:{name}", sub)
            return None
        if sub is None:
            return found
        found_sub = found.attribute.index.get(sub.lower())
        return None if found_sub is None else Resolved(found.urn, found.attribute, found_sub)

    def schema(self, urn: str) -> Schema | None:
        """The core or extension schema of that URN, in any case, or under a legacy alias."""
        return self.schemas.get(urn.lower())

    def __iter__(self) -> Iterator[Resolved]:
        """Every top-level attribute once: common, core, then the extensions."""
        for attribute in (*self.common, *self.core.attributes):
            yield Resolved(None, attribute)
        for schema in self.extensions:
            for attribute in schema.attributes:
                yield Resolved(schema.id, attribute)
