"""What the documentation has from the code, tables and warnings, says what the code says."""

import re
from pathlib import Path

import pytest

from scim_facade.protocol.dialect import SENTENCES
from tests.docs.pages import DOCS
from tests.docs.tables import TABLES, written

QUOTED = re.compile(r"^- \*(?P<warning>.+)\*$", re.MULTILINE)
PLACEHOLDER = re.compile(r"\\\{\w+\\\}")


@pytest.mark.parametrize(("page", "name"), TABLES)
def test_table_is_that_of_the_code(page: Path, name: str) -> None:
    made = TABLES[page, name]()

    assert written(page, name) == made, "run `python -m tests.docs.tables` and look at the change"


def test_warnings_that_guides_quote_are_those_of_the_code() -> None:
    sentences = [PLACEHOLDER.sub(".+", re.escape(sentence)) for sentence in SENTENCES.values()]
    quoted = [
        match["warning"]
        for guide in DOCS.glob("guides/*.md")
        for match in QUOTED.finditer(guide.read_text())
    ]

    assert len(quoted) >= 4
    for warning in quoted:
        assert any(re.fullmatch(sentence, warning) for sentence in sentences), warning
