"""Instants as SCIM writes them."""

from datetime import datetime


def instant_text(instant: datetime) -> str:
    """xsd:dateTime in UTC with microseconds (RFC 7643 §2.3.5); database instants are UTC."""
    return f"{instant.isoformat(timespec='microseconds')[:26]}Z"
