"""Which attributes an answer shows: `attributes` and `excludedAttributes` (RFC 7644 §3.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import ScimError
from .scanner import split_path
from .schema_model import ResourceSchema

# Top-level key of the document → its chosen parts; None stands for all of it. For an extension
# the parts are its attributes, each with its own parts.
Parts = dict[str, "Parts | None"]

ALWAYS = ("schemas", "id")


@dataclass(frozen=True, slots=True)
class Projection:
    """A choice of attributes; without any it shows everything."""

    included: Parts | None = None
    excluded: Parts = field(default_factory=dict)

    @classmethod
    def parse(
        cls,
        attributes: str | list[str] | None,
        excluded: str | list[str] | None,
        resource: ResourceSchema,
    ) -> Projection:
        """Read both parameters; unknown names are passed over, both at once are refused."""
        wanted, unwanted = _names(attributes), _names(excluded)
        if wanted and unwanted:
            raise ScimError.invalid_value("Send attributes or excludedAttributes, not both.")
        if wanted:
            return cls(included=_parts(wanted, resource))
        if unwanted:
            return cls(excluded=_parts(unwanted, resource))
        return EVERYTHING

    @property
    def is_default(self) -> bool:
        return self.included is None and not self.excluded

    def wants(self, name: str) -> bool:
        """Whether the attribute (or extension URN), in canonical spelling, is shown in any part."""
        if name in ALWAYS:
            return True
        if self.included is not None:
            return name in self.included
        return self.excluded.get(name, _NO_PARTS) is not None

    def asks_for(self, name: str) -> bool:
        """Whether `attributes` names it in any part; what is returned on request waits for that."""
        return self.included is not None and name in self.included

    def apply(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with only what is shown; id and schemas always stay."""
        if self.is_default:
            return dict(document)
        shown: dict[str, Any] = {}
        for key, value in document.items():
            if key in ALWAYS:
                shown[key] = value
            elif self.included is not None:
                if key in self.included:
                    parts = self.included[key]
                    _show(shown, key, _keep(value, parts), parts)
            elif key in self.excluded:
                if (parts := self.excluded[key]) is not None:
                    _show(shown, key, _drop(value, parts), parts)
            else:
                shown[key] = value
        return shown


_NO_PARTS: Parts = {}
EVERYTHING = Projection()


def _names(given: str | list[str] | None) -> list[str]:
    if given is None:
        return []
    parts: Iterable[str] = given if isinstance(given, list) else given.split(",")
    return [name for part in parts if (name := part.strip())]


def _parts(names: list[str], resource: ResourceSchema) -> Parts:
    chosen: Parts = {}
    for name in names:
        schema = resource.schema(name)
        if schema is not None:
            if schema is resource.core:
                for attribute in schema.attributes:
                    _choose(chosen, (attribute.name,))
            else:
                _choose(chosen, (schema.id,))
            continue
        path = split_path(name)
        found = path and resource.find(path.urn, path.name, path.sub)
        if found:
            steps = (
                [found.attribute.name] if found.urn is None else [found.urn, found.attribute.name]
            )
            if found.sub is not None:
                steps.append(found.sub.name)
            _choose(chosen, tuple(steps))
    return chosen


def _choose(chosen: Parts, steps: tuple[str, ...]) -> None:
    """Add a choice; the whole of something outweighs its parts."""
    first, *rest = steps
    if not rest:
        chosen[first] = None
        return
    inner = chosen.setdefault(first, {})
    if inner is not None:
        _choose(inner, tuple(rest))


def _show(shown: dict[str, Any], key: str, value: Any, parts: Parts | None) -> None:
    """A choice of parts that leaves nothing is not shown; an empty list chosen whole is."""
    if parts is None or value:
        shown[key] = value


def _keep(value: Any, parts: Parts | None) -> Any:
    if parts is None:
        return value
    if isinstance(value, list):
        return [kept for item in value if (kept := _keep(item, parts)) != {}]
    if not isinstance(value, Mapping):
        return {}
    kept_parts: dict[str, Any] = {}
    for key, inner in value.items():
        if key in parts:
            _show(kept_parts, key, _keep(inner, parts[key]), parts[key])
    return kept_parts


def _drop(value: Any, parts: Parts) -> Any:
    if isinstance(value, list):
        return [left for item in value if (left := _drop(item, parts)) != {}]
    if not isinstance(value, Mapping):
        return value
    remaining: dict[str, Any] = {}
    for key, inner in value.items():
        if key not in parts:
            remaining[key] = inner
        elif (inner_parts := parts[key]) is not None:
            _show(remaining, key, _drop(inner, inner_parts), inner_parts)
    return remaining
