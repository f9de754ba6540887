"""scim2-models as a second opinion: our schemas as its models, its filters and patches as ours.

It learns the models from the discovery documents, so that both know the same attributes with the
same characteristics.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from scim2_models import PatchOp, ResourceType, Schema, ScimFilter, ScimPolicy, ScimProvider
from scim2_models.exceptions import SCIMException

from scim_facade.protocol.discovery import resource_type_documents, schema_documents

BASE = "https://rollcall.example/v2/o"

_PROVIDER = ScimProvider.from_discovery(
    [Schema.model_validate(document) for document in schema_documents(BASE)],
    [ResourceType.model_validate(document) for document in resource_type_documents(BASE)],
)
# Entra's way, which we go as well: a path whose filter matches nothing creates what it describes.
_POLICY = ScimPolicy(unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create)
_USER: Any = _PROVIDER.model_for_endpoint("/Users")


class Refused(Exception):
    """The peer takes the filter or patch for a bad request."""


class Contradiction(Refused):
    """It would have created a value that does not meet the filter it was named by."""


def person(document: dict[str, Any]) -> Any:
    """A document as its model."""
    return _USER.model_validate(document)


def matches(text: str, someone: Any) -> bool:
    """Whether its filter finds the person; Refused."""
    try:
        found: bool = ScimFilter[_USER](text).match(someone, strict=True)
    except (SCIMException, ValueError) as error:
        raise Refused(str(error)) from error
    return found


def patched(someone: Any, body: dict[str, Any]) -> dict[str, Any]:
    """The document after its PATCH; the person given stays as it is. Refused."""
    copy = someone.model_copy(deep=True)
    try:
        PatchOp[_USER].model_validate(body).patch(copy, _POLICY)
    except (SCIMException, ValidationError) as error:
        kind = Contradiction if "contradicts the filter" in str(error) else Refused
        raise kind(str(error)) from error
    document: dict[str, Any] = copy.model_dump()
    return document
