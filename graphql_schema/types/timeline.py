"""The union of a member's timeline."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry

from graphql_schema.types.audit import AuditEvent
from graphql_schema.types.provisioning import ProvisioningRequest

TimelineEntry: TypeAlias = Annotated[
    AuditEvent | ProvisioningRequest,
    strawberry.union(
        "TimelineEntry",
        description="Something that happened, or a request that changed nothing.",
    ),
]
