"""Tables that the documentation has from the code say what the code says."""

from pathlib import Path

import pytest

from tests.docs.tables import TABLES, written


@pytest.mark.parametrize(("page", "name"), TABLES)
def test_table_is_that_of_the_code(page: Path, name: str) -> None:
    made = TABLES[page, name]()

    assert written(page, name) == made, "run `python -m tests.docs.tables` and look at the change"
