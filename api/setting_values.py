"""What the values of settings must look like: addresses, secrets, networks."""

import re
from email.utils import parseaddr
from ipaddress import ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

SHORTEST_SECRET = 32


def _database_url(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("it must begin with postgresql://")
    if len(parts.path) < 2:
        raise ValueError("it must name a database after the host, as in postgresql://host/rollcall")
    return value


def _public_url(value: str) -> str:
    if not value:  # filled in from host and port
        return value
    url = _url(value)
    if urlsplit(url).path:
        raise ValueError("it must have no path: give Rollcall a host name of its own")
    return url


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it must begin with https:// or http:// and name a host")
    if parts.query or parts.fragment:
        raise ValueError("it must have no ? and no #")
    return value.rstrip("/")


def _otlp_endpoint(value: str) -> str:
    if "@" in value or not value:
        raise ValueError("it must be an address such as http://127.0.0.1:4318, without a password")
    return _url(value)


def _secret_key(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"it must have at least {SHORTEST_SECRET} characters")
    return value


def _mail_from(value: str) -> str:
    address = parseaddr(value)[1]
    if "\n" in value or "\r" in value or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValueError("it must be an address, as in Rollcall <rollcall@example.com>")
    return value


def _proxies(value: str) -> str:
    named = [part.strip() for part in value.split(",") if part.strip()]
    for name in named:
        try:
            ip_network(name)
        except ValueError:
            raise ValueError(f"{name} is no IP address and no network like 10.0.0.0/8") from None
    return ",".join(named)


DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
Proxies = Annotated[str, AfterValidator(_proxies)]
OtlpEndpoint = Annotated[str, AfterValidator(_otlp_endpoint)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
SecretKey = Annotated[SecretStr, AfterValidator(_secret_key)]
MailAddress = Annotated[str, AfterValidator(_mail_from)]
