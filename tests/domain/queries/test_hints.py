"""Which hint a stored request gets, and that every hint is one that can be got and read on."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from domain.clock import utc_now
from domain.ids import new_id
from domain.queries.hint_texts import GROUP, HINTS, PAGES_OF_WARNINGS
from domain.queries.hints import error_page, hints_for
from domain.queries.provisioning_requests import ProvisioningRequestRow
from domain.vocabulary import (
    IdentityProvider,
    ProvisioningOutcome,
    ScimOperation,
    ScimResourceType,
)
from scim_facade.protocol.dialect import Deviation

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"


def row(**given: Any) -> ProvisioningRequestRow:
    """A create of a user that was applied, except for what is given."""
    values: dict[str, Any] = dict.fromkeys(ProvisioningRequestRow.__dataclass_fields__)
    status = given.get("status_code", 201)
    values |= {
        "organization_id": new_id(),
        "id": new_id(),
        "received_at": utc_now(),
        "operation": ScimOperation.CREATE,
        "resource_type": ScimResourceType.USER,
        "status_code": 201,
        "outcome": (ProvisioningOutcome.REJECTED if status >= 400 else ProvisioningOutcome.APPLIED),
        "warnings": (),
        "warning_names": (),
        "changed_attributes": (),
    }
    return ProvisioningRequestRow(**(values | given))


def texts(**given: Any) -> list[str]:
    return [hint.text for hint in hints_for(row(**given))]


def notes() -> set[str]:
    """Names of the warnings that the facade and the domain make beside the deviations."""
    found = {"unknown_members", "nested_groups", "no_email", "email_kept"}
    for file in (ROOT / "scim_facade").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "note"
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(str(node.args[0].value))
    return found


def test_a_refusal_is_explained_for_its_provider() -> None:
    taken = {"status_code": 409, "scim_type": "uniqueness", "error_code": "TAKEN"}

    assert texts(**taken, provider=IdentityProvider.ENTRA_ID) == [
        HINTS["uniqueness"][IdentityProvider.ENTRA_ID]
    ]
    assert texts(**taken, provider=IdentityProvider.RIPPLING) == [HINTS["uniqueness"][None]]
    assert texts(**taken) == [HINTS["uniqueness"][None]]
    (hint,) = hints_for(row(**taken))
    assert hint.docs == "errors/uniqueness.md"


def test_groups_have_hints_of_their_own() -> None:
    taken = {"status_code": 409, "scim_type": "uniqueness"}

    assert texts(**taken, resource_type=ScimResourceType.GROUP) == [
        HINTS[f"uniqueness{GROUP}"][None]
    ]


def test_refusals_of_one_status_are_told_apart() -> None:
    seats = texts(status_code=403, error_code="SEAT_LIMIT")
    owner = texts(status_code=403, error_code="LAST_OWNER")

    assert seats == [HINTS["seat-limit"][None]]
    assert owner == [HINTS["last-owner"][None]]


def test_removing_who_is_gone_is_no_fault() -> None:
    gone = texts(status_code=404, operation=ScimOperation.DELETE)

    assert gone == [HINTS["gone"][None]]
    assert texts(status_code=404, operation=ScimOperation.PATCH) == [HINTS["not-found"][None]]


def test_warnings_are_explained_each_sentence_once() -> None:
    names = ("upper_case_op", "string_boolean", "value_in_remove", "no_email", "blank_cleared")

    found = hints_for(row(warning_names=names, provider=IdentityProvider.ENTRA_ID))

    assert [hint.docs for hint in found] == ["guides/entra-id.md"] * 2
    assert "aadOptscim062020" in found[0].text
    assert texts(warning_names=names) == [HINTS["no_email"][None]]


def test_a_refusal_is_not_blamed_on_what_was_tolerated() -> None:
    refused = {"status_code": 400, "scim_type": "invalidPath", "warning_names": ("no_email",)}

    assert texts(**refused) == [HINTS["invalid-path"][None]]


def test_what_went_well_needs_no_hint() -> None:
    assert texts() == []
    assert texts(warning_names=("schemas_missing",), provider=IdentityProvider.OKTA) == []


@pytest.mark.parametrize("situation", HINTS)
def test_every_hint_can_be_got(situation: str) -> None:
    name = situation.removesuffix(GROUP)
    warnings = {deviation.value for deviation in Deviation} | notes()

    assert name == "gone" or name in warnings or (DOCS / "errors" / f"{name}.md").exists()
    for text in HINTS[situation].values():
        assert text.endswith(".")
        assert len(text) <= 240


def test_every_page_is_there() -> None:
    assert all((DOCS / page).exists() for page in {*PAGES_OF_WARNINGS.values(), "scim.md"})
    named = {
        hint.docs
        for provider in IdentityProvider
        for name in HINTS
        for hint in hints_for(row(warning_names=(name,), provider=provider))
    }
    assert all((DOCS / page).exists() for page in named)
    assert len([page for page in named if page.startswith("guides/")]) >= 7
    pages = {error_page(status, None, None) for status in range(400, 600)}
    assert all((DOCS / "errors" / f"{page}.md").exists() for page in pages)


def test_what_is_no_error_has_no_page() -> None:
    assert [error_page(status, None, None) for status in (200, 201, 204, 304)] == [None] * 4
