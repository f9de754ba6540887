"""The deployment's one secret, and the keys for single uses that are derived from it."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from hmac import digest
from pathlib import Path
from typing import TYPE_CHECKING

from api.start_error import StartError

if TYPE_CHECKING:
    from api.settings import Settings

SECRET_FILE = "secret.key"  # noqa: S105 the name of a file
SECRET_BYTES = 32


def deployment_secret(settings: Settings, *, make: bool = True) -> bytes:
    """The secret of the settings, else of the data folder, where it is made when there is none.

    Raises StartError when the file cannot be used, or is not there and `make` says not to make it.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    path = secret_file(settings)
    try:
        if not path.exists():
            if not make:
                raise StartError(
                    f"There is no secret in {path}, and links made with another one than the "
                    f"server's open nothing. Set ROLLCALL_SECRET_KEY, or name the server's "
                    f"folder in ROLLCALL_DATA_DIR."
                )
            _make(path)
        secret = path.read_bytes()
    except OSError as error:
        raise StartError(
            f"The secret {path} cannot be used ({error.strerror}). Start Rollcall as the user that "
            f"owns the data folder, or set ROLLCALL_SECRET_KEY."
        ) from error
    if len(secret) != SECRET_BYTES:
        raise StartError(
            f"{path} is damaged: it must have {SECRET_BYTES} bytes. Bring it back from a copy. "
            f"Without it, remove it: then links that were mailed end, and new ones are sent."
        )
    return secret


def secret_file(settings: Settings) -> Path:
    """Where the secret is kept when the settings have none."""
    return settings.data_dir.absolute() / SECRET_FILE


def derived_key(secret: bytes, purpose: str) -> bytes:
    """A key for one purpose, which tells nothing about those for others."""
    return digest(secret, f"rollcall-1 {purpose}".encode(), "sha256")


def _make(path: Path) -> None:
    """Write a new secret that appears complete or not at all; of two at once, one wins."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    descriptor, building = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        if os.geteuid() == 0:  # whoever owns the folder may start Rollcall without being root
            owner = path.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        os.write(descriptor, secrets.token_bytes(SECRET_BYTES))
        os.fsync(descriptor)
        with suppress(FileExistsError):
            os.link(building, path)
    finally:
        os.close(descriptor)
        Path(building).unlink()
