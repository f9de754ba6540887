"""Short ways to patch a user in a test, and the values most of those tests start from."""

from __future__ import annotations

from typing import Any

import pytest

from scim_facade.protocol.dialect import Deviation, Warnings
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.patch import apply_user_patch, parse_patch
from tests.scim_facade.protocol.samples import patch_body

WORK = {"type": "work", "value": "a@x", "primary": True}
HOME = {"type": "home", "value": "b@x"}
Operation = dict[str, Any]


def patched(document: dict[str, Any], *operations: Operation) -> dict[str, Any]:
    warnings = Warnings()
    return apply_user_patch(document, parse_patch(patch_body(*operations), warnings), warnings)


def deviations(document: dict[str, Any], *operations: Operation) -> set[Deviation]:
    warnings = Warnings()
    apply_user_patch(document, parse_patch(patch_body(*operations), warnings), warnings)
    return set(warnings.counts)


def refused(document: dict[str, Any], *operations: Operation) -> str | None:
    with pytest.raises(ScimError) as caught:
        patched(document, *operations)
    assert caught.value.status == 400
    assert caught.value.detail.startswith(f"Operations[{len(operations) - 1}]: ")
    return caught.value.scim_type


def add(path: str | None, value: Any) -> Operation:
    return {"op": "add", "path": path, "value": value}


def replace(path: str | None, value: Any) -> Operation:
    return {"op": "replace", "path": path, "value": value}


def remove(path: str) -> Operation:
    return {"op": "remove", "path": path}
