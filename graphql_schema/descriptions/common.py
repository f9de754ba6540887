"""What parts of one shape have in common: pages, payloads, inputs, usual fields and arguments."""

from __future__ import annotations

from graphql import GraphQLSchema, get_named_type

COMMON_ARGUMENTS = {
    "first": "How many from the beginning: 1 to 100, 25 unless `last` is given.",
    "after": "A cursor: only what comes after it.",
    "last": "How many from the end: 1 to 100; never together with `first`.",
    "before": "A cursor: only what comes before it.",
    "filter": "Only what meets everything that is given.",
    "orderBy": "Which come first.",
    "input": "What to do, and to what.",
}
"""Of lists and mutations; said once in the reference, not at each field."""

_INPUT_FIELDS = {
    "organizationId": "The organization it is about.",
    "memberId": "The member it is about.",
    "groupId": "The group it is about.",
    "expectedVersion": (
        "The `version` that was shown: another one by now is refused with VERSION_CONFLICT."
        " Without it the last writer wins."
    ),
    "idempotencyKey": (
        "For 24 hours the same key with the same input changes nothing further and answers what was"
        " made, without the secret."
    ),
    "direction": "Which end comes first.",
}
_PAYLOAD_FIELDS = {
    "member": "The member as it now is; `null` when refused.",
    "group": "The group as it now is; `null` when refused.",
    "organization": "The organization as it now is; `null` when refused.",
    "scimConnection": "The provisioning endpoint as it now is; `null` when refused.",
    "accessToken": "The token as it now is; `null` when refused.",
    "oidcProvider": "The provider as it now is; `null` when refused.",
}


def common(name: str, schema: GraphQLSchema) -> str | None:
    """What the shape of a part says; None where it says nothing."""
    type_name, _, field = name.partition(".")
    if not field:
        return _type(type_name, schema)
    if type_name.endswith(("Input", "Item", "Order")):
        return _INPUT_FIELDS.get(field)
    if type_name.endswith("Payload"):
        return _PAYLOAD_FIELDS.get(field)
    return None


def _type(name: str, schema: GraphQLSchema) -> str | None:
    if name.endswith("Connection"):
        return f"A page of `{name.removesuffix('Connection')}` objects."
    if name.endswith("Edge"):
        return f"One `{name.removesuffix('Edge')}` of a page, with its cursor."
    mutation = schema.mutation_type
    fields = {} if mutation is None else mutation.fields
    if name.endswith("Payload"):
        used = [field for field, made in fields.items() if get_named_type(made.type).name == name]
        return f"What {_named(used)} answers." if used else None
    if name.endswith("Input"):
        used = [
            field
            for field, made in fields.items()
            if any(get_named_type(given.type).name == name for given in made.args.values())
        ]
        return f"What {_named(used)} takes." if used else None
    return None


def _named(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in sorted(names)]
    return quoted[0] if len(quoted) == 1 else f"each of {', '.join(quoted)}"
