"""The JSON of /Schemas, /ResourceTypes and /ServiceProviderConfig (RFC 7644 §4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .meta_schemas import RESOURCE_TYPE_URN, SCHEMA_URN, SERVICE_PROVIDER_CONFIG_URN
from .schema_model import Attribute, ResourceSchema, Schema
from .schemas import RESOURCES, SCHEMAS


@dataclass(frozen=True, slots=True)
class AuthenticationScheme:
    """One way to authenticate; `type` is one of oauth2, oauthbearertoken, httpbasic and so on."""

    type: str
    name: str
    description: str
    spec_uri: str | None = None
    primary: bool = False


BEARER_TOKEN = AuthenticationScheme(
    type="oauthbearertoken",
    name="API key",
    description="An API key of the organization in the Authorization header, as a Bearer token.",
    spec_uri="https://www.rfc-editor.org/info/rfc6750",
    primary=True,
)

CLIENT_CREDENTIALS = AuthenticationScheme(
    type="oauth2",
    name="OAuth 2.0 client credentials",
    description=(
        "An access token from /oauth/token, for a client id with a secret or with a signed"
        " assertion; /.well-known/oauth-authorization-server describes the endpoint."
    ),
    spec_uri="https://www.rfc-editor.org/info/rfc6749",
)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the server offers right now; whoever serves a feature advertises it here."""

    patch: bool = True
    bulk: bool = False
    bulk_max_operations: int = 1000
    bulk_max_payload_bytes: int = 1_048_576
    filter: bool = True
    filter_max_results: int = 1000
    change_password: bool = False
    sort: bool = False
    etag: bool = True
    cursor_pagination: bool = False
    index_pagination: bool = True
    default_page_size: int = 100
    max_page_size: int = 1000
    cursor_timeout_seconds: int | None = None
    authentication_schemes: tuple[AuthenticationScheme, ...] = (BEARER_TOKEN,)
    documentation_uri: str | None = None


def schema_document(schema: Schema, base_url: str) -> dict[str, Any]:
    """One schema; without a single null, which schema discovery of Entra cannot read."""
    return {
        "schemas": [SCHEMA_URN],
        "id": schema.id,
        "name": schema.name,
        "description": schema.description,
        "attributes": [_attribute(attribute) for attribute in schema.attributes],
        "meta": {"resourceType": "Schema", "location": f"{base_url}/Schemas/{schema.id}"},
    }


def schema_documents(base_url: str) -> list[dict[str, Any]]:
    return [schema_document(schema, base_url) for schema in SCHEMAS]


def find_schema(urn: str) -> Schema | None:
    """The schema of that URN, in any case."""
    return _SCHEMA_BY_URN.get(urn.lower())


def resource_type_document(resource: ResourceSchema, base_url: str) -> dict[str, Any]:
    """A resource type with the extensions that its resources show unasked.

    Clients that read extensions from here take each for one they may write to.
    """
    return {
        "schemas": [RESOURCE_TYPE_URN],
        "id": resource.name,
        "name": resource.name,
        "description": resource.description,
        "endpoint": resource.endpoint,
        "schema": resource.core.id,
        "schemaExtensions": [
            {"schema": extension.id, "required": False}
            for extension in resource.extensions
            if not extension.is_on_request
        ],
        "meta": {
            "resourceType": "ResourceType",
            "location": f"{base_url}/ResourceTypes/{resource.name}",
        },
    }


def resource_type_documents(base_url: str) -> list[dict[str, Any]]:
    return [resource_type_document(resource, base_url) for resource in RESOURCES]


def find_resource(name: str) -> ResourceSchema | None:
    """The resource type of that name, in any case."""
    return next((r for r in RESOURCES if r.name.lower() == name.lower()), None)


def service_provider_config(base_url: str, capabilities: Capabilities) -> dict[str, Any]:
    """RFC 7643 §5 with the pagination of RFC 9865 §4; every limit is a number even when off."""
    pagination: dict[str, Any] = {
        "cursor": capabilities.cursor_pagination,
        "index": capabilities.index_pagination,
        "defaultPaginationMethod": "index" if capabilities.index_pagination else "cursor",
        "defaultPageSize": capabilities.default_page_size,
        "maxPageSize": capabilities.max_page_size,
    }
    if capabilities.cursor_pagination and capabilities.cursor_timeout_seconds is not None:
        pagination["cursorTimeout"] = capabilities.cursor_timeout_seconds
    document: dict[str, Any] = {
        "schemas": [SERVICE_PROVIDER_CONFIG_URN],
        "patch": {"supported": capabilities.patch},
        "bulk": {
            "supported": capabilities.bulk,
            "maxOperations": capabilities.bulk_max_operations,
            "maxPayloadSize": capabilities.bulk_max_payload_bytes,
        },
        "filter": {
            "supported": capabilities.filter,
            "maxResults": capabilities.filter_max_results,
        },
        "changePassword": {"supported": capabilities.change_password},
        "sort": {"supported": capabilities.sort},
        "etag": {"supported": capabilities.etag},
        "pagination": pagination,
        "authenticationSchemes": [
            _authentication_scheme(scheme) for scheme in capabilities.authentication_schemes
        ],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{base_url}/ServiceProviderConfig",
        },
    }
    if capabilities.documentation_uri is not None:
        document["documentationUri"] = capabilities.documentation_uri
    return document


def _authentication_scheme(scheme: AuthenticationScheme) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": scheme.type,
        "name": scheme.name,
        "description": scheme.description,
        "primary": scheme.primary,
    }
    if scheme.spec_uri is not None:
        document["specUri"] = scheme.spec_uri
    return document


def _attribute(attribute: Attribute) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": attribute.name,
        "type": attribute.type,
        "multiValued": attribute.multi_valued,
        "description": attribute.description,
        "required": attribute.required,
        "caseExact": attribute.case_exact,
        "mutability": attribute.mutability,
        "returned": attribute.returned,
        "uniqueness": attribute.uniqueness,
    }
    if attribute.canonical_values:
        document["canonicalValues"] = list(attribute.canonical_values)
    if attribute.reference_types:
        document["referenceTypes"] = list(attribute.reference_types)
    if attribute.sub_attributes:
        document["subAttributes"] = [_attribute(sub) for sub in attribute.sub_attributes]
    return document


_SCHEMA_BY_URN = {schema.id.lower(): schema for schema in SCHEMAS}
