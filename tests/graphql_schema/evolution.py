"""What a change of the schema would break for clients of the last release.

`python -m tests.graphql_schema.evolution` prints it and fails on what breaks; with `baseline` it
writes the file that stands in for a release until there is a first one, and wherever history is cut
short. What the released schema had marked as deprecated may go; all else stays as it is.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    BreakingChange,
    DangerousChange,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
    get_named_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_union_type,
)
from strawberry.printer import print_schema

ROOT = Path(__file__).parents[2]
SCHEMA = "graphql_schema/schema.graphql"
BASELINE = Path(__file__).parent / "released.graphql"


@dataclass(frozen=True, slots=True)
class Changes:
    """What a schema breaks of a released one, and what may surprise clients without breaking."""

    breaking: list[str]
    dangerous: list[str]


def changes(released: str, current: str) -> Changes:
    """Compare two schemas in their printed form."""
    now = build_schema(current)
    breaking = find_breaking_changes(without_deprecated(build_schema(released)), now)
    dangerous = find_dangerous_changes(build_schema(released), now)
    return Changes(_said(breaking), _said(dangerous))


def without_deprecated(schema: GraphQLSchema) -> GraphQLSchema:
    """The schema without what is deprecated and what can be reached through that alone."""
    before = _reachable(schema)
    for type_ in schema.type_map.values():
        values = getattr(type_, "values", None)
        if values is not None:
            _drop_deprecated(values)
        fields = getattr(type_, "fields", None)
        if fields is not None:
            _drop_deprecated(fields)
            for field in fields.values():
                _drop_deprecated(getattr(field, "args", {}))
    for name in before - _reachable(schema):
        del schema.type_map[name]
    return schema


def released_schema(root: Path = ROOT, baseline: Path = BASELINE) -> tuple[str, str]:
    """The schema of the last release before this commit, and where it was found."""
    tags = _git(root, "tag", "--merged", "HEAD", "--list", "v*", "--sort=-version:refname")
    for tag in (tags or "").split():
        text = _git(root, "show", f"{tag}:{SCHEMA}")
        if text is not None:
            return text, tag
    return baseline.read_text("utf-8"), str(baseline.relative_to(root))


def served_schema() -> str:
    """The schema that runs, printed."""
    from graphql_schema.schema import schema

    return print_schema(schema) + "\n"


def report(found: Changes, since: str) -> str:
    """What is said on the command line and by the test."""
    lines = [f"Compared with {since}:"]
    for word, each in (("breaks clients", found.breaking), ("may surprise", found.dangerous)):
        lines.extend(f"  {word}: {text}" for text in each)
    if found.breaking:
        lines.append("Deprecate it in a release first; then it may go.")
    elif not found.dangerous:
        lines.append("  nothing to say.")
    return "\n".join(lines)


def _said(found: list[BreakingChange] | list[DangerousChange]) -> list[str]:
    return sorted(change.description for change in found)


def _drop_deprecated(members: dict[str, object]) -> None:
    for name in [
        name
        for name, member in members.items()
        if getattr(member, "deprecation_reason", None) is not None
    ]:
        del members[name]


def _reachable(schema: GraphQLSchema) -> set[str]:
    """Names of the types that some operation can meet."""
    waiting = [
        root
        for root in (schema.query_type, schema.mutation_type, schema.subscription_type)
        if root is not None
    ]
    found: set[str] = set()
    todo: list[Any] = list(waiting)
    while todo:
        type_ = todo.pop()
        if type_.name in found:
            continue
        found.add(type_.name)
        if is_union_type(type_):
            todo.extend(type_.types)
        if is_interface_type(type_):
            todo.extend(schema.get_possible_types(type_))
        if is_object_type(type_) or is_interface_type(type_) or is_input_object_type(type_):
            todo.extend(getattr(type_, "interfaces", ()))
            for field in type_.fields.values():
                todo.append(get_named_type(field.type))
                todo.extend(get_named_type(each.type) for each in _arguments(field))
    return found


def _arguments(field: Any) -> Iterable[Any]:
    return getattr(field, "args", {}).values()


def _git(root: Path, *arguments: str) -> str | None:
    """What git says; None where it has nothing to say, or is not there."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def main(arguments: list[str]) -> int:
    """Print the comparison, or write the baseline."""
    if arguments == ["baseline"]:
        BASELINE.write_text(served_schema(), "utf-8")
        return 0
    text, since = released_schema()
    found = changes(text, served_schema())
    print(report(found, since))  # noqa: T201 - what the command is for
    return bool(found.breaking)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
