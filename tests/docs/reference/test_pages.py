"""The pages of the reference are those that the schema and the examples make."""

import pytest

from tests.docs.reference.pages import FOLDER, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_schema_says(name: str) -> None:
    written = (FOLDER / name).read_text("utf-8")

    assert written == PAGES[name](), "run `python -m tests.docs.reference.pages`"


def test_there_are_no_other_pages() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == set(PAGES)
