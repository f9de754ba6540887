"""Whatever the threat model says is shown by a test is the name of one."""

import ast
import re

import pytest

from tests.docs.pages import DOCS, ROOT, table
from tests.soak.catalogue import SCENARIOS

ROWS = table(DOCS / "threat-model.md", "somebody")
NAMED = sorted({name for row in ROWS for name in re.findall(r"`([^`]+)`", row[2])})


def test_every_threat_has_something_that_shows_it() -> None:
    assert len(ROWS) >= 20
    assert [row[0] for row in ROWS if not re.search(r"`tests/", row[2])] == []


@pytest.mark.parametrize("name", NAMED)
def test_what_shows_it_exists(name: str) -> None:
    if name.startswith("make soak ARGS="):
        assert name.removeprefix("make soak ARGS=") in SCENARIOS
        return
    file, _, test = name.partition("::")
    tree = ast.parse((ROOT / file).read_text())
    tests = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }
    assert tests if not test else test in tests
