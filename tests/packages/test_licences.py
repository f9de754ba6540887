"""What is shipped has licences that we take, and the page names each package."""

import pytest

from tests.docs.pages import DOCS, table
from tests.packages.licences import (
    ALLOWED,
    console_licences,
    is_allowed,
    locked_to_run,
    python_licences,
)

PAGE = DOCS / "licences.md"


def test_every_licence_is_one_that_we_take() -> None:
    shipped = python_licences() | console_licences()

    assert len(shipped) > 90
    assert {name: each for name, each in shipped.items() if not is_allowed(each)} == {}


def test_the_page_names_what_is_locked_and_the_list() -> None:
    # What is for another system is not installed here: its row must stand all the same.
    assert [name for name, _ in table(PAGE, "package")] == sorted(locked_to_run())

    assert f"list: {', '.join(sorted(ALLOWED))}." in PAGE.read_text()


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only AND MIT", False),
        ("MIT AND (GPL-2.0 OR AGPL-3.0)", False),
        ("none", False),
        ("", False),
        ("BSD-3-Clause WITH something", False),
    ],
)
def test_expressions(expression: str, allowed: bool) -> None:
    assert is_allowed(expression) is allowed
