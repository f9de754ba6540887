"""Every file has one purpose and says it, stays short, and works on any machine."""

import ast
import re

import pytest

from tests.architecture.source_files import (
    PACKAGES,
    REPOSITORY,
    own_files,
    python_files,
    syntax,
    written_by_hand,
)

LONGEST = 300
# A file that must be longer, with the reason.
LONGER: dict[str, str] = {}


@pytest.mark.parametrize("name", written_by_hand(".py", ".ts", ".tsx", ".css", ".sh"))
def test_file_is_short(name: str) -> None:
    lines = len((REPOSITORY / name).read_text("utf-8").splitlines())

    assert lines <= LONGEST or name in LONGER, f"{name} has {lines} lines: it is two things"


def test_exceptions_are_still_needed() -> None:
    for name in LONGER:
        assert len((REPOSITORY / name).read_text("utf-8").splitlines()) > LONGEST


@pytest.mark.parametrize("name", python_files(*PACKAGES, "tests", "bench"))
def test_module_says_its_purpose(name: str) -> None:
    purpose = ast.get_docstring(syntax(name))

    assert purpose, f"{name} has no docstring"
    assert len(purpose) > 15, f"{name}: {purpose!r} says nothing"


def test_no_file_knows_a_machine() -> None:
    path = re.compile(r"(?<![\w.~}-])/(?:work|root|Users/[a-z]+|home/[a-z]+)/[\w.]")
    found = []
    for name in own_files():
        content = (REPOSITORY / name).read_bytes()
        if b"\0" not in content and (match := path.search(content.decode("utf-8", "replace"))):
            found.append(f"{name}: {match[0]}")

    assert found == []
