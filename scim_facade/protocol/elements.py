"""Keeps the values of a multi-valued attribute in order: one primary, nothing twice, none empty."""

from __future__ import annotations

from typing import Any

from .dialect import Deviation, Warnings
from .schema_model import Attribute

Element = dict[str, Any]

# Sub-attributes that only describe a value; an element of nothing else carries none.
_LABELS = frozenset({"type", "primary"})


def settle(
    attribute: Attribute,
    elements: list[Any],
    warnings: Warnings,
    *,
    primary_index: int | None = None,
) -> list[Any]:
    """The elements as they may be stored, in their order; the input is not changed.

    Elements without any content go, elements of the same type and value become one (RFC 7643
    §2.4), and one primary remains: the element at `primary_index`, else the last that claims it.
    """
    if not attribute.is_complex:
        return list(dict.fromkeys(elements))
    if len(elements) == 1:
        return elements if has_content(elements[0]) else []
    elements = _one_primary(attribute, elements, warnings, primary_index)
    kept: dict[object, Element] = {}
    for element in elements:
        if not has_content(element):
            continue
        identity = _identity(attribute, element)
        known = kept.get(identity)
        if known is None:
            kept[identity] = element
        else:
            warnings.add(Deviation.DUPLICATE_ELEMENT, attribute=attribute.name)
            kept[identity] = known | element
            if known.get("primary") is True:
                kept[identity]["primary"] = True
    return list(kept.values())


def has_content(element: Element) -> bool:
    """Whether it says more than how its value is labelled."""
    return any(key not in _LABELS for key in element)


def covers(attribute: Attribute, element: Element, wanted: Element) -> bool:
    """Whether the element says everything that `wanted` says, apart from which one is primary."""
    return all(
        key in element
        and _comparable(attribute, key, element[key]) == _comparable(attribute, key, part)
        for key, part in wanted.items()
        if key != "primary"
    )


def _identity(attribute: Attribute, element: Element) -> object:
    """Type and value in the form they compare in; everything where there is no value."""
    keys = ("type", "value") if "value" in element else sorted(element)
    return tuple(
        (key, repr(_comparable(attribute, key, element.get(key))))
        for key in keys
        if key != "primary"
    )


def _comparable(attribute: Attribute, key: str, part: Any) -> Any:
    sub = attribute.index.get(key)
    if isinstance(part, str) and sub is not None and not sub.case_exact:
        return part.lower()
    return part


def _one_primary(
    attribute: Attribute, elements: list[Element], warnings: Warnings, chosen: int | None
) -> list[Element]:
    claims = [i for i, element in enumerate(elements) if element.get("primary") is True]
    if len(claims) < 2:
        return elements
    if chosen is None:
        chosen = claims[-1]
        warnings.add(Deviation.DUPLICATE_PRIMARY, attribute=attribute.name)
    settled = list(elements)
    for i in claims:
        if i != chosen:
            # The attribute goes rather than turning false: it is the same state in fewer words.
            settled[i] = {k: v for k, v in elements[i].items() if k != "primary"}
    return settled
