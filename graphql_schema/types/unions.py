"""The unions: whoever acts, whatever is acted on."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry

from graphql_schema.types.access_token import AccessToken
from graphql_schema.types.account import Account
from graphql_schema.types.actors import SystemProcess
from graphql_schema.types.bulk_operation import BulkOperation
from graphql_schema.types.group import Group
from graphql_schema.types.member import Member
from graphql_schema.types.organization import Organization
from graphql_schema.types.scim_connection import ScimConnection

Actor: TypeAlias = Annotated[
    Member | Account | AccessToken | ScimConnection | SystemProcess,
    strawberry.union(
        "Actor", description="Whoever did something. Labels in the audit log survive deletion."
    ),
]
AuditSubject: TypeAlias = Annotated[
    Organization | Member | Group | ScimConnection | AccessToken | BulkOperation,
    strawberry.union("AuditSubject"),
]
