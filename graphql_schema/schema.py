"""The schema as it runs."""

from __future__ import annotations

import strawberry
from graphql import GraphQLError, Undefined
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from graphql_schema.checks import Checks
from graphql_schema.descriptions import describe
from graphql_schema.executor import RowExecutor
from graphql_schema.mutations.mutation import Mutation
from graphql_schema.scalars import SCALARS
from graphql_schema.subscriptions import Subscription
from graphql_schema.types.access_token import AccessToken
from graphql_schema.types.account import Account
from graphql_schema.types.actors import SystemProcess
from graphql_schema.types.audit import AuditEvent
from graphql_schema.types.bulk_operation import BulkOperation
from graphql_schema.types.group import Group
from graphql_schema.types.invitation import Invitation
from graphql_schema.types.member import Member
from graphql_schema.types.provisioning import ProvisioningRequest
from graphql_schema.types.query import Query
from graphql_schema.types.scim_connection import ScimConnection
from graphql_schema.types.user_errors import (
    BasicError,
    InvalidTransitionError,
    TakenError,
    VersionConflictError,
)


class Schema(strawberry.Schema):
    """Errors are logged where they are masked, not here."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Nothing: the same error would be logged twice."""


def _without_null_defaults(made: Schema) -> Schema:
    """Print optional arguments without `= null`: what is not sent stays the function's default."""
    for type_ in made._schema.type_map.values():  # noqa: SLF001 - Strawberry offers no other way
        fields = getattr(type_, "fields", {})
        for field in fields.values():
            for argument in [field, *getattr(field, "args", {}).values()]:
                if getattr(argument, "default_value", Undefined) is None:
                    argument.default_value = Undefined
    return made


schema = _without_null_defaults(
    Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[
            AccessToken,
            Account,
            AuditEvent,
            BasicError,
            BulkOperation,
            Group,
            InvalidTransitionError,
            Invitation,
            Member,
            ProvisioningRequest,
            ScimConnection,
            SystemProcess,
            TakenError,
            VersionConflictError,
        ],
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[Checks],
        execution_context_class=RowExecutor,
    )
)
describe(schema._schema)  # noqa: SLF001 - Strawberry offers no other way
