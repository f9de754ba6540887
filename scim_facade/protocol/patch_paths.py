"""Finds what a PATCH path points at: attribute, condition, and whether it may be written."""

from __future__ import annotations

from dataclasses import dataclass

from .ast import And, Comparison, Filter, Operator
from .dialect import Deviation, Warnings
from .elements import Element
from .errors import ScimError
from .filter_semantics import check_condition
from .patch_operations import Operation, OperationKind
from .schema_catalogue import ECHOES, READ_ONLY_URNS
from .schema_model import Resolved, ResourceSchema


@dataclass(frozen=True, slots=True)
class Target:
    """An attribute (or a part of it) and the checked condition its values have to meet."""

    resolved: Resolved
    condition: Filter | None
    text: str


def find_target(
    operation: Operation, resource: ResourceSchema, warnings: Warnings
) -> Target | None:
    """The target of an operation with a path; None, with a warning, where nothing is to be done.

    ScimError 400: mutability for a read-only target that was named by a path of its own,
    invalidPath for a condition on an attribute without several values, invalidFilter for a
    condition that does not fit the attribute.
    """
    patch_path = operation.path
    if patch_path is None:
        raise ScimError.no_target("Give the operation a path.")
    path = patch_path.path
    resolved = resource.find(path.urn, path.name, path.sub)
    if resolved is None:
        if path.urn is not None and resource.schema(path.urn) is None:
            warnings.add(Deviation.UNKNOWN_EXTENSION, urn=path.urn)
        else:
            warnings.add(Deviation.UNKNOWN_ATTRIBUTE, attribute=patch_path)
        return None
    if resolved.attribute.returned == "never":
        warnings.add(Deviation.CREDENTIAL_DROPPED)
        return None
    if resolved.attribute.name == "schemas" and resolved.urn is None:
        # Derived from what the resource holds; adding an extension's URN by hand is harmless.
        warnings.add(Deviation.READ_ONLY_IGNORED, attribute="schemas")
        return None
    if resolved.is_read_only:
        _refuse_read_only(operation, resolved, warnings)
        return None
    condition = patch_path.condition
    if condition is not None:
        if not (resolved.attribute.multi_valued and resolved.attribute.is_complex):
            raise ScimError.invalid_path(f"Use no brackets on {resolved.attribute.name}.")
        condition = check_condition(condition, resolved.attribute)
    return Target(resolved, condition, str(patch_path))


def _refuse_read_only(operation: Operation, resolved: Resolved, warnings: Warnings) -> None:
    # Okta and authentik echo read-only attributes in values without path; a path is meant.
    if not operation.is_spread:
        verb = "remove" if operation.kind is OperationKind.REMOVE else "change"
        raise ScimError.mutability(f"Do not {verb} {resolved.text}; it is read-only.")
    if resolved.attribute.name not in ECHOES and resolved.urn not in READ_ONLY_URNS:
        warnings.add(Deviation.READ_ONLY_IGNORED, attribute=resolved.text)


def equalities(condition: Filter) -> Element | None:
    """The element a condition describes, if it is `eq` terms joined by `and`; else None."""
    described: Element = {}
    for term in condition.terms if isinstance(condition, And) else (condition,):
        match term:
            case Comparison(path, Operator.EQ, value) if value is not None:
                if described.setdefault(path.name, value) != value:
                    return None
            case _:
                return None
    return described
