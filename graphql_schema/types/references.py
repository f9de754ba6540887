"""How types name each other across modules, and which type shows which row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

import strawberry

if TYPE_CHECKING:
    from graphql_schema.types.access_token import AccessToken
    from graphql_schema.types.audit import AuditEvent
    from graphql_schema.types.bulk_operation import BulkOperation
    from graphql_schema.types.group import Group
    from graphql_schema.types.invitation import Invitation
    from graphql_schema.types.member import Member
    from graphql_schema.types.organization import Organization
    from graphql_schema.types.provisioning import ProvisioningRequest
    from graphql_schema.types.scim_connection import ScimConnection
    from graphql_schema.types.unions import Actor, AuditSubject

_TYPES = "graphql_schema.types."

OrganizationType: TypeAlias = Annotated["Organization", strawberry.lazy(_TYPES + "organization")]
MemberType: TypeAlias = Annotated["Member", strawberry.lazy(_TYPES + "member")]
GroupType: TypeAlias = Annotated["Group", strawberry.lazy(_TYPES + "group")]
BulkOperationType: TypeAlias = Annotated[
    "BulkOperation", strawberry.lazy(_TYPES + "bulk_operation")
]
InvitationType: TypeAlias = Annotated["Invitation", strawberry.lazy(_TYPES + "invitation")]
EventType: TypeAlias = Annotated["AuditEvent", strawberry.lazy(_TYPES + "audit")]
RequestType: TypeAlias = Annotated["ProvisioningRequest", strawberry.lazy(_TYPES + "provisioning")]
TokenType: TypeAlias = Annotated["AccessToken", strawberry.lazy(_TYPES + "access_token")]
ScimType: TypeAlias = Annotated["ScimConnection", strawberry.lazy(_TYPES + "scim_connection")]
ActorType: TypeAlias = Annotated["Actor", strawberry.lazy(_TYPES + "unions")]
SubjectType: TypeAlias = Annotated["AuditSubject", strawberry.lazy(_TYPES + "unions")]

_SHOWN_AS: dict[type[Any], Callable[..., Any]] = {}
Type = TypeVar("Type", bound=type[Any])


def shows(row: type[Any]) -> Callable[[Type], Type]:
    """Say that the type shows rows of that class, by its attribute `row`."""

    def register(type_: Type) -> Type:
        _SHOWN_AS[row] = type_
        return type_

    return register


def wrap(row: Any) -> Any:
    """The object that shows a row."""
    return _SHOWN_AS[type(row)](row=row)


def wrap_or_none(row: Any) -> Any:
    """The object that shows a row, None for None."""
    return None if row is None else _SHOWN_AS[type(row)](row=row)
