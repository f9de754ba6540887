"""Users ↔ members: which SCIM attribute is which column, and what the rest becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from domain.commands import MemberAttributes, is_email
from domain.vocabulary import ProvisioningSource
from scim_facade.mapping.instants import instant_text
from scim_facade.protocol.conditions import etag
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.patch_operations import Operation, OperationKind
from scim_facade.protocol.resources import UserDocument
from scim_facade.protocol.schemas import ENTERPRISE_USER_URN, MEMBERSHIP_USER_URN, USER_URN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from domain.queries.rows import MemberRow
    from scim_facade.protocol.dialect import Warnings
    from scim_facade.protocol.projection import Projection

_OWN = frozenset({"userName", "externalId", "displayName", "active", "name"})
# A provider may remove `active`: the membership stays as it is, and the answers are silent about
# it for as long as it does. The profile keeps the value that they are silent about.
SILENT = "active"
_ACTIVE_PATHS = frozenset({"active", f"{USER_URN}:active".lower()})
_SEPARATORS = re.compile(r"[._+\-]+")
NO_EMAIL = "no_email"
EMAIL_KEPT = "email_kept"
ACTIVE_REMOVED = "active_removed"
_NO_EMAIL = "No usable e-mail address was sent: the member is staged and cannot be invited yet."
_SILENCED = "Without active the membership stays as it is; send true or false to change it."
_KEPT_EMAIL = "The e-mail address was cleared; an invited member keeps the one it had."


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a member who is replaced or patched; `invited` once it ever was."""

    attributes: MemberAttributes
    invited: bool

    @property
    def had_emails(self) -> bool:
        """Whether an invited member has a list of addresses."""
        return self.invited and bool(self.attributes.profile.get("emails"))


def user_attributes(
    document: UserDocument, warnings: Warnings, stored: Stored | None = None
) -> MemberAttributes:
    """What a user document says about the person; raises ScimError, Invalid.

    Without a userName the stored one is kept, or one is made of the e-mail, where one is sent.
    """
    attributes = document.attributes
    emails = _addresses(attributes.get("emails"))
    sent = next((address for address in emails if is_email(address)), None)
    user_name = attributes.get("userName")
    if user_name is None:
        if sent is None:
            raise ScimError.invalid_value("Send a userName, or an e-mail address to derive it.")
        user_name = sent if stored is None else stored.attributes.user_name
    email = sent if sent is not None else _fallback(user_name, stored)
    if email is None:
        warnings.note(NO_EMAIL, _NO_EMAIL)
    elif not emails and stored is not None and stored.had_emails:
        warnings.note(EMAIL_KEPT, _KEPT_EMAIL)
    name = dict(attributes["name"]) if "name" in attributes else {}
    given_name, family_name = name.pop("givenName", None), name.pop("familyName", None)
    profile: dict[str, Any] = {key: value for key, value in attributes.items() if key not in _OWN}
    if name:
        profile["name"] = name
    return MemberAttributes.of(
        user_name=user_name,
        email=email,
        external_id=attributes.get("externalId"),
        display_name=attributes.get("displayName"),
        given_name=given_name,
        family_name=family_name,
        profile=profile,
        further_emails=tuple(address for address in emails if address != email),
    )


def replaced_attributes(
    document: UserDocument, warnings: Warnings, stored: Stored
) -> MemberAttributes:
    """The attributes after a PUT; an absent externalId keeps what is stored."""
    external_id = stored.attributes.external_id
    if external_id is not None and not (
        "externalId" in document.attributes or "externalId" in document.cleared
    ):
        document = replace(document, attributes=document.attributes | {"externalId": external_id})
    return user_attributes(document, warnings, stored)


def patched_attributes(
    patched: dict[str, Any], warnings: Warnings, stored: Stored, *, silent: bool | None
) -> MemberAttributes:
    """The attributes after a PATCH; `silent` is the value of active that answers leave out."""
    attributes = user_attributes(UserDocument.of(patched), warnings, stored)
    if silent is None:
        return attributes
    return replace(attributes, profile={**attributes.profile, SILENT: silent})


def silent_value(
    operations: Iterable[Operation], stored: MemberAttributes, warnings: Warnings, *, active: bool
) -> bool | None:
    """What answers leave out of a member whose `active` no operation has set, or None."""
    for operation in operations:
        path = operation.path
        removes = operation.kind is OperationKind.REMOVE or operation.value is None
        if removes and path is not None and str(path).lower() in _ACTIVE_PATHS:
            warnings.note(ACTIVE_REMOVED, _SILENCED)
            return active
    return stored.profile.get(SILENT)


def core_document(stored: MemberAttributes) -> dict[str, Any]:
    """The canonical user document that a PATCH works on: no `active`, nothing read-only."""
    document: dict[str, Any] = dict(stored.profile)
    document.pop(SILENT, None)
    document["userName"] = stored.user_name
    if stored.external_id is not None:
        document["externalId"] = stored.external_id
    if stored.display_name is not None:
        document["displayName"] = stored.display_name
    name = _name(stored.profile, stored.given_name, stored.family_name)
    if name:
        document["name"] = name
    return document


def shown_user(row: MemberRow, base_url: str, shown: Projection) -> dict[str, Any]:
    """The User resource of a member as a client wants to see it."""
    document = user_document(row, base_url)
    if shown.asks_for(MEMBERSHIP_USER_URN):
        document["schemas"].append(MEMBERSHIP_USER_URN)
        document[MEMBERSHIP_USER_URN] = _membership(row)
    return shown.apply(document)


def user_document(row: MemberRow, base_url: str) -> dict[str, Any]:
    """The User resource of a member, `groups` only where the row has them.

    Without what is returned on request.
    """
    profile = row.profile
    id_ = str(row.id)
    schemas = [USER_URN]
    if ENTERPRISE_USER_URN in profile:
        schemas.append(ENTERPRISE_USER_URN)
    document: dict[str, Any] = {"schemas": schemas, "id": id_}
    if row.external_id is not None:
        document["externalId"] = row.external_id
    document["userName"] = row.user_name
    name = _name(profile, row.given_name, row.family_name)
    if row.display_name is not None:
        document["displayName"] = row.display_name
    document.update(profile)
    if row.source is not ProvisioningSource.SCIM:
        name = _known_to_providers(document, row, name)
    if name:
        document["name"] = name
    active = row.revoked_at is None
    if profile.get(SILENT) is active:
        del document["active"]
    else:
        document["active"] = active
    if row.groups is not None:
        document["groups"] = [
            {
                "value": str(group.id),
                "$ref": f"{base_url}/Groups/{group.id}",
                "display": group.display_name,
                "type": "direct",
            }
            for group in row.groups
        ]
    document["meta"] = {
        "resourceType": "User",
        "created": instant_text(row.created_at),
        "lastModified": instant_text(row.updated_at),
        "location": f"{base_url}/Users/{id_}",
        "version": etag(row.version),
    }
    return document


def _membership(row: MemberRow) -> dict[str, Any]:
    membership: dict[str, Any] = {"status": row.status.value, "role": row.role.value}
    if row.invited_at is not None:
        membership["invitedAt"] = instant_text(row.invited_at)
    if row.accepted_at is not None:
        membership["acceptedAt"] = instant_text(row.accepted_at)
    if row.confirmed_at is not None:
        membership["confirmedAt"] = instant_text(row.confirmed_at)
    return membership


def _name(
    profile: Mapping[str, Any], given_name: str | None, family_name: str | None
) -> dict[str, Any]:
    name = dict(profile["name"]) if "name" in profile else {}
    if given_name is not None:
        name["givenName"] = given_name
    if family_name is not None:
        name["familyName"] = family_name
    return name


def _known_to_providers(
    document: dict[str, Any], row: MemberRow, name: dict[str, Any]
) -> dict[str, Any]:
    """What a provider expects of every user, for those whom an administrator invited by address.

    Imports and test suites of providers take any user and want an e-mail and a name.
    """
    if row.email is not None and "emails" not in document:
        document["emails"] = [{"value": row.email, "type": "work", "primary": True}]
    if name or row.display_name is not None or row.email is None:
        return name
    words = [word.title() for word in _SEPARATORS.split(row.email.rpartition("@")[0]) if word]
    return {"givenName": words[0], "familyName": words[-1]} if words else name


def _addresses(emails: Any) -> list[str]:
    """The addresses in the order in which they stand for the member: primary, work, any."""
    if not emails:
        return []
    if len(emails) == 1:
        value = emails[0].get("value")
        return [value] if value else []

    def rank(email: Mapping[str, Any]) -> int:
        if email.get("primary") is True:
            return 0
        return 1 if str(email.get("type", "")).lower() == "work" else 2

    return [email["value"] for email in sorted(emails, key=rank) if email.get("value")]


def _fallback(user_name: str, stored: Stored | None) -> str | None:
    """The e-mail when none is sent: of an invited member the stored one, else the userName's.

    The stored one gives way where it was the userName itself and no list was ever sent: then a
    changed userName is a changed address.
    """
    named = user_name if is_email(user_name) else None
    if stored is None or not stored.invited:
        return named
    known = stored.attributes
    derived = known.email_key == known.user_name_key and not known.profile.get("emails")
    return named or known.email if derived else known.email
