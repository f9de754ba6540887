"""Addresses that the server is told to ask: which of them it will."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from domain.errors import Invalid

MAX_LENGTH = 512


def check_asked_address(attribute: str, url: str, *, loopback_allowed: bool) -> None:
    """Raise Invalid unless the server may ask that address: `https`, and of another machine.

    With `loopback_allowed` also one of the machine itself, then with plain `http` as well.
    """
    if not url.strip() or len(url) > MAX_LENGTH or not url.isprintable():
        raise Invalid(attribute, f"must have 1 to {MAX_LENGTH} printable characters")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Invalid(attribute, "is no address") from error
    if not host or parts.username is not None or parts.fragment:
        raise Invalid(attribute, "must name a host, without a user name and without #")
    loopback = is_loopback(host)
    if loopback and not loopback_allowed:
        raise Invalid(attribute, "must not name the server itself")
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise Invalid(attribute, "must begin with https://")


def is_loopback(host: str) -> bool:
    """Whether a host, by name or number, is the machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
