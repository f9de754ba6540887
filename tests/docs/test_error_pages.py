"""Every code that a caller can get has a page, and the pages say of each what the code says."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain import errors
from domain.errors import DomainError
from domain.ids import new_id
from domain.queries.hints import error_page
from domain.vocabulary import MemberAction, MemberStatus
from scim_facade.auth import REFUSAL
from scim_facade.errors import scim_error
from scim_facade.protocol.errors import ScimError, error_body
from tests.docs.pages import DOCS, ROOT, blocks, table
from tests.docs.tables import PROVIDERS

FOLDER = DOCS / "errors"
PAGES = sorted(set(FOLDER.glob("*.md")) - {FOLDER / "index.md"})

# RFC 7644 table 9, RFC 9865 §2.1.
SCIM_TYPES = {
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVers",
    "sensitive",
    "invalidCursor",
    "expiredCursor",
    "invalidCount",
}
NEVER_SENT = {"invalid-vers", "sensitive", "expired-cursor"}
ADMIN_API_ALONE = {
    "KEY_REQUIRED",
    "KEY_MISMATCH",
    "IDEMPOTENCY_KEY_REUSED",
    "LINK_VOID",
    "SIGN_IN_REQUIRED",
}

# What the constructors of domain errors want, by the name of the parameter.
SAMPLES: dict[str, Any] = {
    "message": "Message.",
    "kind": "member",
    "attribute": "userName",
    "ids": [new_id()],
    "why": "is wrong",
    "from_status": MemberStatus.STAGED,
    "attempted": MemberAction.CONFIRM,
    "seats": 5,
    "current": 2,
    "scope": "MEMBERS_READ",
    "existing": new_id(),
    "passed": 50,
}


def domain_errors(parent: type[DomainError] = DomainError) -> list[type[DomainError]]:
    """Every kind of refusal."""
    found = [kind for kind in parent.__subclasses__() if kind.__module__ == "domain.errors"]
    return [kind for each in found for kind in (each, *domain_errors(each))]


def sample(kind: type[DomainError]) -> DomainError:
    names = [name for name in inspect.signature(kind).parameters if name in SAMPLES]
    return kind(*(SAMPLES[name] for name in names))


def name_of(error: ScimError) -> str:
    """How an error is named in the first column of a page's table."""
    return f"{error.status} `{error.scim_type}`" if error.scim_type else str(error.status)


def sample_of(constructor: Callable[..., ScimError]) -> ScimError:
    """An error of that kind; some also want the seconds to wait."""
    return constructor(*("", 1)[: len(inspect.signature(constructor).parameters)])


def raised_by_the_facade() -> set[str]:
    """Names of the errors that the facade's code raises itself."""
    found = set()
    for file in (ROOT / "scim_facade").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            called, name, first = node.func.value, node.func.attr, node.args[:1]
            if isinstance(called, ast.Name) and called.id == "ScimError":
                found.add(name_of(sample_of(getattr(ScimError, name))))
            elif name == "__init__" and first and isinstance(first[0], ast.Constant):
                found.add(str(first[0].value))
    return found


def codes(page: Path) -> list[list[str]]:
    return table(page, "SCIM")


def documented(column: int) -> Counter[str]:
    return Counter(row[column] for page in PAGES for row in codes(page) if row[column] != "–")


def test_every_error_of_the_facade_has_a_page() -> None:
    names = raised_by_the_facade()

    assert {"400 `invalidFilter`", "401", "405", "503"} <= names
    assert names - set(documented(0)) == set()


def test_every_code_of_the_domain_has_one_page() -> None:
    expected = {f"`{kind.code}`" for kind in domain_errors()}

    assert dict(documented(1)) == dict.fromkeys(expected, 1)


@pytest.mark.parametrize("kind", domain_errors(), ids=lambda kind: kind.__name__)
def test_page_names_the_answer_that_scim_gives(kind: type[DomainError]) -> None:
    (row,) = (row for page in PAGES for row in codes(page) if row[1] == f"`{kind.code}`")
    error = scim_error(sample(kind))

    # A page that covers several answers of SCIM names none beside a code of the admin API alone.
    assert row[0] in {name_of(error), "–"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_says_what_it_means_and_what_to_change(page: Path) -> None:
    text = page.read_text()

    assert re.match(r"# .+\n\n\| SCIM \| admin API \|\n", text)
    assert "\n## What it means\n" in text
    assert "\n## What to change\n" in text
    assert len(text) < 4000


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_names_a_provider_or_says_why_none_applies(page: Path) -> None:
    text = page.read_text()

    assert "No provider" in text or any(name in text for name in PROVIDERS.values())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_shows_an_answer_with_its_own_codes(page: Path) -> None:
    shown = [json.loads(block.text) for block in blocks(page) if block.info == ("json",)]
    if page.stem in NEVER_SENT:
        assert shown == []
        return
    (answer,) = shown
    if "code" in answer:
        assert set(answer) == {"code", "message", "path"}
        assert f"`{answer['code']}`" in {row[1] for row in codes(page)}
        return
    error = ScimError(int(answer["status"]), answer.get("scimType"), answer["detail"])
    assert answer == error_body(error)
    assert name_of(error) in {row[0] for row in codes(page)}


SHOWN: dict[str, DomainError] = {
    "deprovision-held": errors.DeprovisionHeld(50),
    "forbidden": errors.MissingScope("MEMBERS_WRITE"),
    "idempotency-key-reused": errors.IdempotencyKeyReused(),
    "invalid-transition": errors.InvalidTransition(
        MemberStatus.INVITED, MemberAction.CONFIRM, [MemberStatus.ACCEPTED]
    ),
    "last-owner": errors.LastOwner(),
    "link-void": errors.LinkVoid("has expired; ask for a new link"),
    "self-action": errors.SelfAction(),
    "sign-in-required": errors.SignInRequired(),
}
# Sentences that depend on the place are said in full by the scenarios of the mutations.
SAID_BY_SCENARIOS = {"key-mismatch", "key-required", "managed-by-idp", "policy"}


def answer_of(page: str) -> dict[str, Any]:
    (shown,) = (block for block in blocks(FOLDER / f"{page}.md") if block.info == ("json",))
    found: dict[str, Any] = json.loads(shown.text)
    return found


@pytest.mark.parametrize("page", SHOWN)
def test_a_page_shows_what_the_domain_says(page: str) -> None:
    answer, error = answer_of(page), SHOWN[page]

    assert answer.get("message", answer.get("detail")) == error.message
    assert answer.get("code", error.code) == error.code


def test_pages_of_the_admin_api_show_what_its_scenarios_expect() -> None:
    folder = ROOT / "tests/graphql_schema/mutations"
    # A sentence may be in pieces there, and a value of it in braces.
    said = re.sub(r'"\s+f?"', "", "\n".join(file.read_text() for file in folder.glob("*.py")))

    for page in SAID_BY_SCENARIOS:
        assert answer_of(page)["message"] in said, page
    of_admin_api = {page.stem for page in PAGES if '"code":' in page.read_text()}
    assert of_admin_api - SHOWN.keys() == SAID_BY_SCENARIOS


def test_the_page_about_keys_shows_the_one_sentence_that_is_ever_said() -> None:
    assert f'"detail": "{REFUSAL}"' in (FOLDER / "unauthorized.md").read_text()


def test_every_scim_type_of_the_standards_has_a_page_even_if_never_sent() -> None:
    types = {name.partition("`")[2].rstrip("`"): name for name in documented(0) if "`" in name}

    assert set(types) == SCIM_TYPES
    sent = raised_by_the_facade() | {name_of(scim_error(sample(kind))) for kind in domain_errors()}
    assert {name for name in types.values() if name not in sent} == {
        row[0] for page in PAGES if page.stem in NEVER_SENT for row in codes(page)
    }


def test_hints_lead_to_the_page_that_documents_the_answer() -> None:
    for page in PAGES:
        for name, admin in codes(page):
            status, _, scim_type = name.partition(" ")
            code = admin.strip("`") if admin != "–" else None
            if not status.isdigit() or code in ADMIN_API_ALONE:
                continue
            assert error_page(int(status), scim_type.strip("`") or None, code) == page.stem


def test_the_index_lists_every_page_with_its_codes() -> None:
    rows = {row[2].partition("](")[2][:-1]: row for row in table(FOLDER / "index.md", "SCIM")}

    assert set(rows) == {page.name for page in PAGES}
    for page in PAGES:
        scim, admin, link = rows[page.name]
        for column, listed in ((0, scim), (1, admin)):
            names = [row[column] for row in codes(page) if row[column] != "–"]
            assert listed == (", ".join(names) or "–")
        assert page.read_text().startswith(f"# {link[1:].partition(']')[0]}\n")
