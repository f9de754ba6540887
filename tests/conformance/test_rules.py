"""Every rule is sent over HTTP, and its answer judged; `-k PAT-D04` runs one."""

import pytest

from tests.conformance.client import Client
from tests.conformance.registry import Rule, all_rules


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.entry.id)
def test_rule(rule: Rule, acme: Client) -> None:
    rule.check(acme)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.entry.id)
def test_rule_fails_where_every_answer_is_empty(rule: Rule, hollow: Client) -> None:
    with pytest.raises(AssertionError):
        rule.check(hollow)
