"""The examples of the reference: files that people can copy, each one operation.

`docs/graphql/examples` holds `<folder>/<field>.graphql`, the variables beside it as `.json` and
what is answered as `.answer.json`. `queries`, `mutations` and `subscriptions` are of the roots,
`organization` of Organization.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import get_named_type, is_object_type

from graphql_schema.schema import schema
from tests.docs.pages import DOCS

_WIDTH = 90
FOLDER = DOCS / "graphql" / "examples"
_ROOTS = {
    "queries": "Query",
    "organization": "Organization",
    "mutations": "Mutation",
    "subscriptions": "Subscription",
}


@dataclass(frozen=True, slots=True)
class Example:
    """An operation about one field."""

    folder: str
    field: str

    @property
    def path(self) -> Path:
        """The file of the operation."""
        return FOLDER / self.folder / f"{self.field}.graphql"

    @property
    def type_name(self) -> str:
        """The type whose field it shows."""
        return _ROOTS[self.folder]

    def query(self) -> str:
        """The operation."""
        return self.path.read_text("utf-8")

    def variables(self) -> dict[str, Any]:
        """Its variables, with samples for ids."""
        found: dict[str, Any] = _json(self.path.with_suffix(".json")) or {}
        return found

    def answer(self) -> Any:
        """What the reference shows as the answer; None where there is none yet."""
        return _json(self.path.with_suffix(".answer.json"))

    def write_answer(self, answer: Any) -> None:
        """Keep what was answered."""
        self.path.with_suffix(".answer.json").write_text(f"{pretty(answer)}\n", "utf-8")


def pretty(value: Any, indent: str = "") -> str:
    """JSON in which what fits on a line stands on one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= _WIDTH or not isinstance(value, dict | list) or not value:
        return line
    inner = f"{indent}  "
    if isinstance(value, dict):
        parts = [f"{json.dumps(name)}: {pretty(each, inner)}" for name, each in value.items()]
    else:
        parts = [pretty(each, inner) for each in value]
    first, last = ("{", "}") if isinstance(value, dict) else ("[", "]")
    joined = f",\n{inner}".join(parts)
    return f"{first}\n{inner}{joined}\n{indent}{last}"


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def wanted() -> list[Example]:
    """One for each field of the roots, and for each of Organization that leads further."""
    found: list[Example] = []
    for folder, type_name in _ROOTS.items():
        type_: Any = schema._schema.type_map.get(type_name)
        if type_ is None:
            continue
        found.extend(
            Example(folder, name)
            for name, field in type_.fields.items()
            if folder != "organization" or is_object_type(get_named_type(field.type))
        )
    return found
