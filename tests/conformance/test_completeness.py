"""No rule is left out, and the page of the documentation says what the tests say."""

from pathlib import Path

from tests.conformance.page import FAMILIES, PAGE, page
from tests.conformance.registry import CATALOGUE, all_rules
from tests.conformance.unheld import UNHELD

LEVELS = {"MUST", "MUST NOT", "SHALL", "SHOULD", "SHOULD NOT", "ERR", "MAY", "XP", "note"}


def test_every_rule_has_a_check_or_a_reason() -> None:
    checked = {rule.entry.id for rule in all_rules()}

    assert checked | set(UNHELD) == set(CATALOGUE)
    assert not checked & set(UNHELD)


def test_the_catalogue_is_whole() -> None:
    lines = (Path(__file__).parent / "catalogue.txt").read_text().splitlines()

    assert len(lines) == len(CATALOGUE) == 276
    assert {entry.level for entry in CATALOGUE.values()} == LEVELS
    assert {entry.family for entry in CATALOGUE.values()} == set(FAMILIES)
    assert sum(entry.binds for entry in CATALOGUE.values()) == 197


def test_the_page_is_that_of_the_rules() -> None:
    written = PAGE.read_text()

    assert written == page(), "run `python -m tests.conformance.page` and look at the change"
