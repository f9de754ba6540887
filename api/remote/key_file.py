"""The organization key in a file or variable: a JWK with its organization and version.

{"kty": "oct", "k": "…", "org": "0199…", "ver": 1}
"""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

from api.remote.errors import RemoteError
from api.remote.private_file import read_private, write_private
from domain.keys.compact import CannotOpen
from domain.keys.organization_key import OrganizationKey, read_organization_key


def write_key_file(path: Path, key: OrganizationKey) -> None:
    """Write the key for scripts, over an older key but over nothing else. Raises RemoteError."""
    expect_key_file_or_none(path)
    jwk = key.as_jwk() | {"org": str(key.organization_id), "ver": key.version}
    write_private(path, json.dumps(jwk) + "\n")


def expect_key_file_or_none(path: Path) -> None:
    """Raises RemoteError when something is there that is no key file."""
    if path.exists():
        read_key_file(path)


def read_key_file(path: Path) -> OrganizationKey:
    """The key in a file. Raises RemoteError."""
    return read_key(read_private(path), str(path))


def read_key(text: str, source: str) -> OrganizationKey:
    """The key in a JWK that came from `source`. Raises RemoteError, never with the key."""
    try:
        jwk = json.loads(text)
        organization_id, version = UUID(jwk["org"]), _version(jwk["ver"])
        return read_organization_key(jwk, organization_id, version)
    except CannotOpen as error:
        raise RemoteError(f"{source} {error}.") from None
    except (ValueError, KeyError, AttributeError, TypeError):
        raise RemoteError(
            f"{source} is no organization key as rollcall key create --key-file writes it."
        ) from None


def _version(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return value
