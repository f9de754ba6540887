"""The page on the architecture speaks of the rooms that there are, and of files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source_files import PACKAGES, REPOSITORY
from tests.docs.pages import DOCS

PAGE = (DOCS / "architecture.md").read_text("utf-8")
PICTURE = DOCS / "pictures" / "architecture.svg"
HIDDEN = ("_", ".", "console_files", "templates", "versions")


def rooms() -> set[str]:
    """Folders of the server with code of their own, and the console."""
    found = {"web-client", *PACKAGES}
    for package in PACKAGES:
        for folder in (REPOSITORY / package).iterdir():
            if folder.is_dir() and not folder.name.startswith(HIDDEN):
                found.add(f"{package}/{folder.name}")
    return found


def test_each_room_has_its_row() -> None:
    rows = re.findall(r"^\| `([a-z_/-]+)` \|", PAGE, re.MULTILINE)

    assert len(rows) == len(set(rows))
    assert set(rows) == rooms()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([a-z_/]+\.py)`", PAGE))))
def test_files_that_are_named_exist(name: str) -> None:
    found = [f for package in PACKAGES for f in (REPOSITORY / package).rglob(Path(name).name)]

    assert any(str(path).endswith(f"/{name}") for path in found), name


def test_the_picture_names_rooms_and_files_that_exist() -> None:
    names = set(re.findall(r'class="room"[^>]*>([^<]+)<', PICTURE.read_text("utf-8")))
    short = {room.split("/")[-1] for room in rooms()}

    assert names <= short
    assert names >= {"web-client", *PACKAGES, "commands", "queries", "store", "model"}
