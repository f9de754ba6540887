"""The front door to schemas: the model, the constants and the resource types."""

from __future__ import annotations

from .meta_schemas import RESOURCE_TYPE, SCHEMA, SERVICE_PROVIDER_CONFIG
from .schema_catalogue import COMMON, GROUP, GROUP_RESOURCE, GROUP_URN, USER_RESOURCE
from .schema_model import Attribute, Resolved, ResourceSchema, Schema
from .schema_users import (
    ENTERPRISE_USER,
    ENTERPRISE_USER_URN,
    MEMBERSHIP_USER,
    MEMBERSHIP_USER_URN,
    USER,
    USER_URN,
)

SCHEMAS = (
    USER,
    GROUP,
    ENTERPRISE_USER,
    MEMBERSHIP_USER,
    SCHEMA,
    RESOURCE_TYPE,
    SERVICE_PROVIDER_CONFIG,
)
RESOURCES = (USER_RESOURCE, GROUP_RESOURCE)

__all__ = [
    "COMMON",
    "ENTERPRISE_USER",
    "ENTERPRISE_USER_URN",
    "GROUP",
    "GROUP_RESOURCE",
    "GROUP_URN",
    "MEMBERSHIP_USER",
    "MEMBERSHIP_USER_URN",
    "RESOURCES",
    "RESOURCE_TYPE",
    "SCHEMA",
    "SCHEMAS",
    "SERVICE_PROVIDER_CONFIG",
    "USER",
    "USER_RESOURCE",
    "USER_URN",
    "Attribute",
    "Resolved",
    "ResourceSchema",
    "Schema",
]
