"""A schema as facts, one a line: what there is, of which type, with which arguments.

`Member.email: String` is a field, `Organization.member(by): MemberRef!` an argument, `Role.USER` an
enum value. Such lines can be compared as sets, whatever the order and the words around them.
Schemas are built from their printed form, which is where defaults stand as they are written.
"""

from __future__ import annotations

from pathlib import Path

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLNamedType,
    GraphQLSchema,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_scalar_type,
    is_specified_scalar_type,
    is_union_type,
    print_ast,
)


def outline(schema: GraphQLSchema) -> set[str]:
    """The facts of a schema."""
    found: set[str] = set()
    for name, type_ in schema.type_map.items():
        if not name.startswith("__") and not is_specified_scalar_type(type_):
            found |= _facts(name, type_)
    return found


def _facts(name: str, type_: GraphQLNamedType) -> set[str]:
    if is_enum_type(type_):
        return {f"{name}.{value}" for value in type_.values}
    if is_union_type(type_):
        return {f"{name} | {member.name}" for member in type_.types}
    if is_scalar_type(type_):
        return {f"scalar {name}"}
    found: set[str] = set()
    if is_object_type(type_) or is_interface_type(type_):
        found |= {f"{name} implements {each.name}" for each in type_.interfaces}
        for field_name, field in type_.fields.items():
            found.add(f"{name}.{field_name}: {field.type}")
            found |= {
                f"{name}.{field_name}({argument_name}): {_given(argument)}"
                for argument_name, argument in field.args.items()
            }
    if is_input_object_type(type_):
        found |= {f"{name}.{each}: {_given(field)}" for each, field in type_.fields.items()}
        if type_.is_one_of:
            found.add(f"{name} is one of its fields")
    return found


def _given(argument: GraphQLArgument | GraphQLInputField) -> str:
    """The type of an argument or of an input's field, with its default."""
    default = argument.default
    if default is None or default.literal is None:
        return str(argument.type)
    return f"{argument.type} = {print_ast(default.literal)}"


def read_sections(path: Path) -> dict[str, list[str]]:
    """Lines of a file under the comment that stands above them."""
    found: dict[str, list[str]] = {}
    reason = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#"):
            reason = line.lstrip("# ")
        elif line:
            found.setdefault(reason, []).append(line)
    return found
