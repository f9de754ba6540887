"""The page on single sign-on knows every code that the sign-in page is told, and its figures."""

import re

from api.admission import SIGN_IN_STEPS_PER_MINUTE
from api.careful_fetch import WITHIN_S
from api.oidc.attempt import LIFETIME_S
from api.oidc.destination import LONGEST
from api.oidc.problems import Problem
from domain.model.oidc_provider_rules import MOST
from graphql_schema.types.oidc_provider import CALLBACK_PATH
from scim_facade.oauth.signed_tokens import ALGORITHMS
from tests.docs.pages import DOCS

PAGE = (DOCS / "sso.md").read_text("utf-8")


def test_every_problem_has_a_row_in_the_order_of_the_code() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| .+ \| .+ \|$", PAGE, re.MULTILINE)

    assert rows == [problem.value for problem in Problem]


def test_what_the_page_says_is_what_is_done() -> None:
    assert CALLBACK_PATH in PAGE
    assert MOST == 10
    assert "up to ten" in PAGE
    assert LIFETIME_S == 600
    assert PAGE.count("ten minutes") == 2
    assert f"More than {SIGN_IN_STEPS_PER_MINUTE} steps within a minute" in PAGE
    assert f"does not answer within {WITHIN_S:g} s" in PAGE
    assert f"at\nmost {LONGEST:,} characters" in PAGE
    assert all(name in PAGE for name in ALGORITHMS if name != "Ed25519")
