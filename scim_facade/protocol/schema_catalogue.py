"""The resource types this server offers: groups, the common attributes, and users put together."""

from __future__ import annotations

from .schema_model import Attribute, ResourceSchema, Schema
from .schema_users import ENTERPRISE_USER, MEMBERSHIP_USER, USER

GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group"

GROUP = Schema(
    id=GROUP_URN,
    name="Group",
    description="A group of members.",
    aliases=(
        "urn:scim:schemas:core:1.0",
        "urn:scim:schemas:core:2.0",
        "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group",
    ),
    attributes=(
        # Required by the text of RFC 7643 §4.2, although §8.7.1 says otherwise.
        Attribute("displayName", required=True, description="The name of the group."),
        Attribute(
            "members",
            "complex",
            multi_valued=True,
            description="The members of the group.",
            sub_attributes=(
                Attribute("value", mutability="immutable", description="The id of the member."),
                Attribute(
                    "$ref",
                    "reference",
                    mutability="immutable",
                    reference_types=("User", "Group"),
                    description="The URI of the member.",
                ),
                Attribute(
                    "type",
                    mutability="immutable",
                    canonical_values=("User", "Group"),
                    description="What the member is.",
                ),
                Attribute("display", mutability="readOnly", description="The member's name."),
            ),
        ),
    ),
)


def _read_only(name: str, description: str, *, case_exact: bool = False) -> Attribute:
    return Attribute(name, case_exact=case_exact, mutability="readOnly", description=description)


COMMON = (
    Attribute(
        "schemas",
        "reference",
        multi_valued=True,
        required=True,
        returned="always",
        reference_types=("uri",),
        description="The schemas the resource follows.",
    ),
    Attribute(
        "id",
        case_exact=True,
        mutability="readOnly",
        returned="always",
        uniqueness="server",
        description="The id this server gave the resource.",
    ),
    Attribute("externalId", case_exact=True, description="The provider's id of the resource."),
    Attribute(
        "meta",
        "complex",
        mutability="readOnly",
        description="Facts about the resource itself.",
        sub_attributes=(
            _read_only("resourceType", "The resource type.", case_exact=True),
            Attribute("created", "dateTime", mutability="readOnly", description="Created when."),
            Attribute(
                "lastModified", "dateTime", mutability="readOnly", description="Changed when."
            ),
            Attribute(
                "location",
                "reference",
                case_exact=True,
                mutability="readOnly",
                reference_types=("uri",),
                description="Its URI.",
            ),
            _read_only("version", "Its version, equal to the ETag.", case_exact=True),
        ),
    ),
)

USER_RESOURCE = ResourceSchema(
    name="User",
    endpoint="/Users",
    description="Members of the organization",
    core=USER,
    extensions=(ENTERPRISE_USER, MEMBERSHIP_USER),
    common=COMMON,
)
GROUP_RESOURCE = ResourceSchema(
    name="Group",
    endpoint="/Groups",
    description="Groups of members",
    core=GROUP,
    extensions=(),
    common=COMMON,
)

ECHOES = frozenset({"schemas", "id", "meta", "groups"})
"""What this server returned and clients send back: it means nothing."""
READ_ONLY_URNS = frozenset(each.id for each in USER_RESOURCE.extensions if each.is_read_only)
"""Extensions of users of which the same is true."""
