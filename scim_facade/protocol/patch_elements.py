"""PATCH of a multi-valued attribute: append, replace, remove, with and without a condition."""

from __future__ import annotations

from typing import Any

from .ast import Filter
from .dialect import Deviation, Warnings
from .elements import Element, covers, settle
from .errors import ScimError
from .evaluation import matches
from .patch_operations import Operation, OperationKind
from .patch_paths import Target, equalities
from .schema_model import Attribute
from .values import read_element, read_elements, read_parts, read_value


def change_elements(
    operation: Operation, target: Target, elements: list[Element], warnings: Warnings
) -> list[Element]:
    """The elements after the operation, as a new list; the given elements are not changed."""
    if target.condition is not None:
        return _at_condition(operation, target, target.condition, elements, warnings)
    if target.resolved.sub is not None:
        return _at_sub_attribute(operation, target, target.resolved.sub, elements, warnings)
    return _at_attribute(operation, target, elements, warnings)


def _at_attribute(
    operation: Operation, target: Target, elements: list[Element], warnings: Warnings
) -> list[Element]:
    attribute = target.resolved.attribute
    if operation.kind is OperationKind.REMOVE:
        if operation.value is None:
            return []
        # RFC 7644 §3.5.2.2 knows no value here; Entra lists what to remove in it.
        warnings.add(Deviation.VALUE_IN_REMOVE, attribute=attribute.name)
        listed = read_elements(attribute, operation.value, warnings, attribute.name)
        return [e for e in elements if not any(covers(attribute, e, item) for item in listed)]
    if not operation.has_value:
        raise ScimError.invalid_value(f"Give a value to {operation.kind} at {target.text}.")
    sent = read_elements(attribute, operation.value, warnings, attribute.name)
    if operation.kind is OperationKind.REPLACE:
        return settle(attribute, sent, warnings)
    return _append(attribute, elements, sent, warnings)


def _append(
    attribute: Attribute, elements: list[Element], sent: list[Element], warnings: Warnings
) -> list[Element]:
    grown = list(elements)
    primary_index: int | None = None
    for item in sent:
        position = next((i for i, e in enumerate(grown) if covers(attribute, e, item)), None)
        if position is None:
            position = len(grown)
            grown.append(item)
        elif "primary" in item:
            grown[position] = grown[position] | {"primary": item["primary"]}
        if item.get("primary") is True:
            primary_index = position
    return settle(attribute, grown, warnings, primary_index=primary_index)


def _at_sub_attribute(
    operation: Operation,
    target: Target,
    sub: Attribute,
    elements: list[Element],
    warnings: Warnings,
) -> list[Element]:
    """`emails.value`: a remove clears it everywhere, a value goes to the primary or first one."""
    attribute = target.resolved.attribute
    if operation.kind is OperationKind.REMOVE:
        return settle(attribute, [_without(e, sub.name) for e in elements], warnings)
    parts = _sent_parts(operation, target, warnings)
    primary = (i for i, e in enumerate(elements) if e.get("primary") is True)
    chosen = next(primary, 0)
    if not elements and parts[sub.name] is None:
        return []
    warnings.add(Deviation.ELEMENT_CHOSEN, path=target.text)
    changed = [*elements] or [{}]
    changed[chosen] = _merged(changed[chosen], parts)
    return settle(attribute, changed, warnings, primary_index=_primary(parts, chosen))


def _at_condition(
    operation: Operation,
    target: Target,
    condition: Filter,
    elements: list[Element],
    warnings: Warnings,
) -> list[Element]:
    attribute, sub = target.resolved.attribute, target.resolved.sub
    matching = [i for i, element in enumerate(elements) if matches(condition, element)]
    if operation.kind is OperationKind.REMOVE:
        if sub is None:
            return [e for i, e in enumerate(elements) if i not in matching]
        changed = [_without(e, sub.name) if i in matching else e for i, e in enumerate(elements)]
        return settle(attribute, changed, warnings)
    if sub is None and operation.has_value and operation.value in (None, "", []):
        warnings.add(Deviation.BLANK_CLEARED, attribute=target.text)
        return [e for i, e in enumerate(elements) if i not in matching]
    parts = _sent_parts(operation, target, warnings)
    if not matching:
        created = _created(operation, target, condition, parts, warnings)
        if created is None:
            return elements
        primary_index = _primary(created, len(elements))
        return settle(attribute, [*elements, created], warnings, primary_index=primary_index)
    changed = [_merged(e, parts) if i in matching else e for i, e in enumerate(elements)]
    return settle(attribute, changed, warnings, primary_index=_primary(parts, matching[-1]))


def _created(
    operation: Operation,
    target: Target,
    condition: Filter,
    parts: dict[str, Any],
    warnings: Warnings,
) -> Element | None:
    """The element that a path without match describes; Entra expects it to come into being."""
    described = equalities(condition)
    is_replace = operation.kind is OperationKind.REPLACE
    if described is None or (is_replace and not _is_usual(described, target.resolved.attribute)):
        # RFC 7644 §3.5.2.3
        raise ScimError.no_target(f"Name values that exist; nothing matches {target.text}.")
    if operation.has_value and all(part is None for part in parts.values()):
        return None
    warnings.add(Deviation.ELEMENT_CREATED, path=target.text)
    return _merged(described, parts)


def _is_usual(described: Element, attribute: Attribute) -> bool:
    """Whether nothing in it departs from the values that the schema suggests.

    Providers name values to come by those; what else a replace names should have been there.
    """
    for name, part in described.items():
        suggested = attribute.index[name].canonical_values
        if suggested and str(part).lower() not in {value.lower() for value in suggested}:
            return False
    return True


def _sent_parts(operation: Operation, target: Target, warnings: Warnings) -> dict[str, Any]:
    """What the value assigns to an element: None for a part to unassign."""
    attribute, sub = target.resolved.attribute, target.resolved.sub
    if not operation.has_value:
        if operation.kind is OperationKind.ADD and sub is None:
            warnings.add(Deviation.VALUE_IN_PATH, attribute=attribute.name)
            return {}
        raise ScimError.invalid_value(f"Give a value to {operation.kind} at {target.text}.")
    value = operation.value
    if sub is not None:
        return {sub.name: read_value(sub, value, warnings, target.resolved.text)}
    if isinstance(value, list):
        if len(value) != 1:
            raise ScimError.invalid_value(f"Give one value at {target.text}.")
        value = value[0]
    if isinstance(value, dict):
        return read_parts(attribute, value, warnings, attribute.name)
    return read_element(attribute, value, warnings, attribute.name) or {}


def _merged(element: Element, parts: dict[str, Any]) -> Element:
    return {key: part for key, part in (element | parts).items() if part is not None}


def _without(element: Element, name: str) -> Element:
    return {key: part for key, part in element.items() if key != name}


def _primary(parts: dict[str, Any], index: int) -> int | None:
    return index if parts.get("primary") is True else None
