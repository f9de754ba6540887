"""The schemas of a user, core and extensions, as data (RFC 7643 §4 and §8.7.1)."""

from __future__ import annotations

from .schema_model import Attribute, Schema

USER_URN = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE_USER_URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MEMBERSHIP_USER_URN = "urn:rollcall:scim:schemas:membership:1.0:User"


def _text(name: str, description: str) -> Attribute:
    return Attribute(name, description=description)


_PRIMARY = Attribute("primary", "boolean", description="Whether this is the preferred value.")


def _type(*canonical: str) -> Attribute:
    return Attribute("type", canonical_values=canonical, description="What the value is used for.")


def _plural(name: str, value: Attribute, description: str, *types: str) -> Attribute:
    """A multi-valued attribute with the default sub-attributes of RFC 7643 §2.4."""
    display = _text("display", "A name of the value for people to read.")
    return Attribute(
        name,
        "complex",
        multi_valued=True,
        sub_attributes=(value, display, _type(*types), _PRIMARY),
        description=description,
    )


def _values(name: str, value: str, description: str, *types: str) -> Attribute:
    return _plural(name, _text("value", value), description, *types)


_NAME = Attribute(
    "name",
    "complex",
    description="The parts of the person's name.",
    sub_attributes=(
        _text("formatted", "The whole name, ready to display."),
        _text("familyName", "The family name."),
        _text("givenName", "The given name."),
        _text("middleName", "The middle names."),
        _text("honorificPrefix", "The title in front of the name."),
        _text("honorificSuffix", "The suffix behind the name."),
    ),
)

_ADDRESSES = Attribute(
    "addresses",
    "complex",
    multi_valued=True,
    description="Postal addresses.",
    sub_attributes=(
        _text("formatted", "The whole address, ready to print."),
        _text("streetAddress", "Street, house number, box."),
        _text("locality", "City or place."),
        _text("region", "State or region."),
        _text("postalCode", "Postal code."),
        _text("country", "Country, kept as it was sent."),
        _type("work", "home", "other"),
        # Missing from RFC 7643 §8.7.1 but used in its examples (§8.2) and by providers.
        _PRIMARY,
    ),
)

_USER_GROUPS = Attribute(
    "groups",
    "complex",
    multi_valued=True,
    mutability="readOnly",
    description="The groups the user belongs to; change them at the group.",
    sub_attributes=(
        Attribute("value", mutability="readOnly", description="The id of the group."),
        Attribute(
            "$ref",
            "reference",
            mutability="readOnly",
            reference_types=("Group",),
            description="The URI of the group.",
        ),
        Attribute("display", mutability="readOnly", description="The name of the group."),
        Attribute(
            "type",
            mutability="readOnly",
            canonical_values=("direct", "indirect"),
            description="How the user belongs to the group.",
        ),
    ),
)

USER = Schema(
    id=USER_URN,
    name="User",
    description="A member of the organization.",
    aliases=("urn:scim:schemas:core:1.0", "urn:scim:schemas:core:2.0"),
    attributes=(
        Attribute(
            "userName",
            required=True,
            uniqueness="server",
            description="The unique name the provider knows the user by.",
        ),
        _NAME,
        _text("displayName", "The name shown to others."),
        _text("nickName", "How the person is called casually."),
        Attribute(
            "profileUrl",
            "reference",
            reference_types=("external",),
            description="A page about the person.",
        ),
        _text("title", "The job title."),
        _text("userType", "The relation to the organization, such as Employee."),
        _text("preferredLanguage", "Preferred language, as in Accept-Language."),
        _text("locale", "Locale for dates and numbers."),
        _text("timezone", "Time zone by its Olson name."),
        Attribute("active", "boolean", description="Whether the membership is in force."),
        Attribute(
            "password",
            mutability="writeOnly",
            returned="never",
            description="Accepted and dropped; never stored.",
        ),
        _values("emails", "The e-mail address.", "E-mail addresses.", "work", "home", "other"),
        _values(
            "phoneNumbers",
            "The number, kept as it was sent.",
            "Telephone numbers.",
            "work",
            "home",
            "mobile",
            "fax",
            "pager",
            "other",
        ),
        _values(
            "ims",
            "The address.",
            "Instant messaging addresses.",
            "aim",
            "gtalk",
            "icq",
            "xmpp",
            "msn",
            "skype",
            "qq",
            "yahoo",
        ),
        _plural(
            "photos",
            Attribute(
                "value",
                "reference",
                reference_types=("external",),
                description="The URL of the picture.",
            ),
            "Pictures of the person.",
            "photo",
            "thumbnail",
        ),
        _ADDRESSES,
        _USER_GROUPS,
        _values("entitlements", "The entitlement.", "What the person is entitled to."),
        _values("roles", "The role.", "Roles at the provider."),
        _plural(
            "x509Certificates",
            Attribute("value", "binary", case_exact=True, description="DER, base64-encoded."),
            "Certificates issued to the person.",
        ),
    ),
)

ENTERPRISE_USER = Schema(
    id=ENTERPRISE_USER_URN,
    name="EnterpriseUser",
    description="Attributes of people in a company.",
    aliases=(
        "urn:scim:schemas:extension:enterprise:1.0",
        "urn:scim:schemas:extension:enterprise:2.0",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0User",
    ),
    attributes=(
        _text("employeeNumber", "The number of the person in the company."),
        _text("costCenter", "The cost center."),
        _text("organization", "The organization."),
        _text("division", "The division."),
        _text("department", "The department."),
        Attribute(
            "manager",
            "complex",
            description="The person's manager.",
            sub_attributes=(
                _text("value", "The id of the manager."),
                Attribute(
                    "$ref",
                    "reference",
                    reference_types=("User",),
                    description="The URI of the manager.",
                ),
                Attribute("displayName", mutability="readOnly", description="The manager's name."),
            ),
        ),
    ),
)

MEMBERSHIP_USER = Schema(
    id=MEMBERSHIP_USER_URN,
    name="Membership",
    description="Where the user stands as a member of the organization.",
    attributes=(
        Attribute(
            "status",
            mutability="readOnly",
            returned="request",
            canonical_values=("STAGED", "INVITED", "ACCEPTED", "CONFIRMED", "REVOKED"),
            description="The step of the membership.",
        ),
        Attribute(
            "role",
            mutability="readOnly",
            returned="request",
            description="The role in the organization.",
        ),
        *(
            Attribute(
                name,
                "dateTime",
                mutability="readOnly",
                returned="request",
                description=description,
            )
            for name, description in (
                ("invitedAt", "When the invitation was sent."),
                ("acceptedAt", "When the person accepted it."),
                ("confirmedAt", "When the membership was confirmed."),
            )
        ),
    ),
)
