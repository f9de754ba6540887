"""The front door to PATCH: read the operations, apply them to a user or a group."""

from __future__ import annotations

from .patch_groups import UNSET, EditKind, GroupPatch, MembershipEdit, Unset, read_group_patch
from .patch_operations import MAX_OPERATIONS, Operation, OperationKind, parse_patch
from .patch_users import apply_user_patch

__all__ = [
    "MAX_OPERATIONS",
    "UNSET",
    "EditKind",
    "GroupPatch",
    "MembershipEdit",
    "Operation",
    "OperationKind",
    "Unset",
    "apply_user_patch",
    "parse_patch",
    "read_group_patch",
]
