"""Files that only their owner reads: written whole or not at all, and found again after a crash."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from tempfile import NamedTemporaryFile

from api.remote.errors import RemoteError

FOLDER_MODE = 0o700


def write_private(path: Path, text: str) -> None:
    """Replace the file by one with this text and mode 0600. Raises RemoteError."""
    try:
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        # Made with mode 0600, so at no time can anybody else open it.
        with NamedTemporaryFile(
            "w", dir=path.parent, prefix=f".{path.name}.", encoding="utf-8", delete=False
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
        # The new name is on disk, too: what was written survives a power failure.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise RemoteError(f"{path} cannot be written: {error.strerror}.") from None


def read_private(path: Path) -> str:
    """The file's text, without its last line break. Raises RemoteError."""
    try:
        return path.read_text("utf-8").removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise RemoteError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise RemoteError(f"{path} is no text file.") from None


def open_to_others(path: Path) -> bool:
    """Whether users other than its owner can read the file."""
    return bool(stat.S_IMODE(path.stat().st_mode) & (stat.S_IRGRP | stat.S_IROTH))
