"""Which SCIM attributes a call changed, told by name from what the domain recorded of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from domain.commands import Change

_NAMES = {
    "userName": "userName",
    # Also where the address was taken from the userName: the mail goes there.
    "email": "emails",
    "profile.emails": "emails",
    "externalId": "externalId",
    "displayName": "displayName",
    "givenName": "name.givenName",
    "familyName": "name.familyName",
    "revokedAt": "active",
    # No attributes of SCIM, but of the life cycle.
    "stage": None,
    "source": None,
    "role": None,
    "permissions": None,
    "revocationReason": None,
}
_PROFILE = "profile."


def changed_attributes(changes: Iterable[Change]) -> tuple[str, ...]:
    """The names in the order of the changes, each once; of complex attributes the parts."""
    names: dict[str, None] = {}
    for change in changes:
        attribute = change.attribute
        if attribute in _NAMES:
            name = _NAMES[attribute]
            if name is not None:
                names[name] = None
        elif attribute == "profile.name":
            names.update((f"name.{part}", None) for part in _parts(change))
        elif attribute.startswith(f"{_PROFILE}urn:"):
            urn = attribute[len(_PROFILE) :]
            names.update((f"{urn}:{part}", None) for part in _parts(change))
        else:
            names[attribute.removeprefix(_PROFILE)] = None
    return tuple(names)


def changed_members(added: int, removed: int) -> tuple[str, ...]:
    """How a group's members changed, by number; empty where they did not."""
    counts = [f"+{added}"] if added else []
    if removed:
        counts.append(f"\N{MINUS SIGN}{removed}")
    return (f"members ({' '.join(counts)})",) if counts else ()


def _parts(change: Change) -> Iterator[str]:
    """The parts of a complex attribute that differ."""
    before: dict[str, Any] = change.before or {}
    after: dict[str, Any] = change.after or {}
    return (part for part in sorted({*before, *after}) if before.get(part) != after.get(part))
