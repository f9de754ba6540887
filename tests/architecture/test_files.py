"""Every file has one purpose and says it, stays short, and works on any machine."""

import ast
import re

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


def lines_of(name: str) -> int:
    return len((REPOSITORY / name).read_text("utf-8").splitlines())


def test_files_are_short() -> None:
    files = written_by_hand(".py", ".ts", ".tsx", ".css", ".sh")
    two_things = {name: lines for name in files if (lines := lines_of(name)) > LONGEST}

    assert len(files) > 500
    assert two_things.keys() - LONGER.keys() == set(), two_things


def test_exceptions_are_still_needed() -> None:
    for name in LONGER:
        assert lines_of(name) > LONGEST


def test_modules_say_their_purpose() -> None:
    modules = python_files(*PACKAGES, "tests", "bench")
    purposes = {name: ast.get_docstring(syntax(name)) or "" for name in modules}

    assert len(modules) > 500
    assert {name: said for name, said in purposes.items() if len(said) <= 15} == {}


def test_no_file_knows_a_machine() -> None:
    path = re.compile(r"(?<![\w.~}-])/(?:work|root|Users/[a-z]+|home/[a-z]+)/[\w.]")
    found = []
    for name in own_files():
        content = (REPOSITORY / name).read_bytes()
        if b"\0" not in content and (match := path.search(content.decode("utf-8", "replace"))):
            found.append(f"{name}: {match[0]}")

    assert found == []
