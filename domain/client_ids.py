"""The id by which an OAuth client names itself: its organization and its key."""

from __future__ import annotations

from domain.ids import UUID, parse_uuid


def client_id_of(organization_id: UUID, credential_id: UUID) -> str:
    """The id of that credential as an OAuth client: `<organization>.<key id>`."""
    return f"{organization_id}.{credential_id}"


def parse_client_id(text: str) -> tuple[UUID, UUID] | None:
    """The organization and the credential that a client id names, or None."""
    organization, _, credential = text.partition(".")
    organization_id, credential_id = parse_uuid(organization), parse_uuid(credential)
    if organization_id is None or credential_id is None:
        return None
    return organization_id, credential_id
