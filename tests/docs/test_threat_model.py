"""What the threat model and SECURITY.md say is shown by a test is the name of one."""

import ast
import re

import pytest

from tests.docs.pages import DOCS, ROOT, table
from tests.soak.catalogue import SCENARIOS

THREATS = table(DOCS / "threat-model.md", "somebody")
STORED = table(ROOT / "SECURITY.md", "what")
SAID = table(ROOT / "SECURITY.md", "what is said")
NAMED = sorted(
    {name for row in THREATS + STORED + SAID for name in re.findall(r"`([^`]+)`", row[-1])}
)
NOTHING = "nothing to show"


def test_every_claim_has_something_that_shows_it() -> None:
    assert len(THREATS) >= 20
    assert len(STORED) >= 12
    assert len(SAID) >= 15
    bare = [row for row in THREATS + STORED + SAID if not re.search(r"`tests/", row[-1])]
    assert [row[0] for row in bare if row[-1] != NOTHING] == []
    assert [row[0] for row in bare] == ["What providers report of people"]


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
