"""How commands take secrets: from files, never as arguments, which the whole machine could read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.cli.console import say
from api.cli.session import fail
from api.remote.errors import RemoteError
from api.remote.private_file import open_to_others, read_private

if TYPE_CHECKING:
    from pathlib import Path


def secret_in(path: Path) -> str:
    """The text of a file that others should not read, of which it warns where they can."""
    try:
        text = read_private(path)
    except RemoteError as error:
        fail(str(error))
    warn_of_readers(path)
    return text


def warn_of_readers(path: Path) -> None:
    """Say so where others can read a file that holds a secret."""
    if open_to_others(path):
        say(f"Warning: others can read {path}. chmod 600 {path}")
