"""The schemas of the discovery documents themselves (RFC 7643 §5, §6, §7 and §8.7.2)."""

from __future__ import annotations

from .schema_model import Attribute, AttributeType, Schema

SCHEMA_URN = "urn:ietf:params:scim:schemas:core:2.0:Schema"
RESOURCE_TYPE_URN = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SERVICE_PROVIDER_CONFIG_URN = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"


def _fact(
    name: str,
    description: str,
    type_: AttributeType = "string",
    *sub_attributes: Attribute,
    required: bool = True,
    multi_valued: bool = False,
    canonical_values: tuple[str, ...] = (),
) -> Attribute:
    """A read-only, case-exact attribute, as all of discovery is."""
    return Attribute(
        name,
        type_,
        multi_valued=multi_valued,
        required=required,
        case_exact=type_ in ("string", "reference"),
        mutability="readOnly",
        sub_attributes=sub_attributes,
        canonical_values=canonical_values,
        reference_types=("uri",) if type_ == "reference" else (),
        description=description,
    )


def _characteristics(*, nested: bool) -> tuple[Attribute, ...]:
    """What describes an attribute; the outer level may hold sub-attributes."""
    facts = (
        _fact("name", "Its name."),
        _fact(
            "type",
            "Its data type.",
            canonical_values=(
                "string",
                "boolean",
                "decimal",
                "integer",
                "dateTime",
                "binary",
                "reference",
                *(() if nested else ("complex",)),
            ),
        ),
        _fact("multiValued", "Whether it holds a list.", "boolean"),
        _fact("description", "What it means.", required=False),
        _fact("required", "Whether it must have a value.", "boolean", required=False),
        _fact("canonicalValues", "Suggested values.", required=False, multi_valued=True),
        _fact("caseExact", "Whether case matters in comparisons.", "boolean", required=False),
        _fact(
            "mutability",
            "When it can be written.",
            required=False,
            canonical_values=("readOnly", "readWrite", "immutable", "writeOnly"),
        ),
        _fact(
            "returned",
            "When it is returned.",
            required=False,
            canonical_values=("always", "never", "default", "request"),
        ),
        _fact(
            "uniqueness",
            "Where its value is unique.",
            required=False,
            canonical_values=("none", "server", "global"),
        ),
        # Multi-valued by erratum 5607.
        _fact("referenceTypes", "What it may refer to.", required=False, multi_valued=True),
    )
    if nested:
        return facts
    subs = _fact(
        "subAttributes",
        "The attributes inside it.",
        "complex",
        *_characteristics(nested=True),
        required=False,
        multi_valued=True,
    )
    return (*facts, subs)


SCHEMA = Schema(
    id=SCHEMA_URN,
    name="Schema",
    description="Describes a schema.",
    attributes=(
        _fact("id", "The URN of the schema."),
        _fact("name", "Its name.", required=False),
        _fact("description", "What it is for.", required=False),
        _fact(
            "attributes",
            "Its attributes.",
            "complex",
            *_characteristics(nested=False),
            multi_valued=True,
        ),
    ),
)

RESOURCE_TYPE = Schema(
    id=RESOURCE_TYPE_URN,
    name="ResourceType",
    description="Describes a type of resource.",
    attributes=(
        _fact("id", "The id of the resource type.", required=False),
        _fact("name", "Its name."),
        _fact("description", "What it is for.", required=False),
        _fact("endpoint", "Its endpoint below the base URL.", "reference"),
        _fact("schema", "The URN of its core schema.", "reference"),
        _fact(
            "schemaExtensions",
            "The extensions it can carry.",
            "complex",
            _fact("schema", "The URN of the extension.", "reference"),
            _fact("required", "Whether every resource must carry it.", "boolean"),
            required=False,
            multi_valued=True,
        ),
    ),
)

_SUPPORTED = _fact("supported", "Whether it is offered.", "boolean")


def _feature(name: str, description: str, *limits: Attribute) -> Attribute:
    return _fact(name, description, "complex", _SUPPORTED, *limits)


SERVICE_PROVIDER_CONFIG = Schema(
    id=SERVICE_PROVIDER_CONFIG_URN,
    name="ServiceProviderConfig",
    description="Describes what this server offers.",
    attributes=(
        _fact("documentationUri", "Where help is.", "reference", required=False),
        _feature("patch", "Partial changes."),
        _feature(
            "bulk",
            "Many operations in one request.",
            _fact("maxOperations", "Operations in one request.", "integer"),
            _fact("maxPayloadSize", "Bytes of one request.", "integer"),
        ),
        _feature("filter", "Filters.", _fact("maxResults", "Resources on a page.", "integer")),
        _feature("changePassword", "Changes of passwords."),
        _feature("sort", "Sorted lists."),
        _feature("etag", "Entity tags."),
        # RFC 9865 §4
        _fact(
            "pagination",
            "Ways to page through lists.",
            "complex",
            _fact("cursor", "Whether cursors are offered.", "boolean"),
            _fact("index", "Whether startIndex is offered.", "boolean"),
            _fact("defaultPaginationMethod", "cursor or index.", required=False),
            _fact("defaultPageSize", "Resources on a page.", "integer", required=False),
            _fact("maxPageSize", "The largest page.", "integer", required=False),
            _fact("cursorTimeout", "Seconds a cursor lives.", "integer", required=False),
            required=False,
        ),
        _fact(
            "authenticationSchemes",
            "Ways to authenticate.",
            "complex",
            _fact(
                "type",
                "The scheme.",
                canonical_values=(
                    "oauth",
                    "oauth2",
                    "oauthbearertoken",
                    "httpbasic",
                    "httpdigest",
                ),
            ),
            _fact("name", "Its name."),
            _fact("description", "What it is."),
            _fact("specUri", "Where it is specified.", "reference", required=False),
            _fact("documentationUri", "Where help is.", "reference", required=False),
            _fact("primary", "Whether it is preferred.", "boolean", required=False),
            multi_valued=True,
        ),
    ),
)
