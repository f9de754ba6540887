"""The SCIM reference names the endpoints, limits, switches and gaps that the code has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from domain.commands.groups import MAX_EDIT
from domain.model import attributes, group
from domain.model.scim_connection import ScimSettings, preset_of
from domain.secrets import SecretKind
from domain.vocabulary import IdentityProvider
from scim_facade.paging import DEFAULT_COUNT, MAX_COUNT
from scim_facade.protocol import body, grammar, patch, scanner
from scim_facade.protocol.schemas import MEMBERSHIP_USER
from scim_facade.reading import MAX_BODY
from scim_facade.routes.discovery import CAPABILITIES
from scim_facade.streaming import HELD_MEMBERS
from tests.docs.pages import DOCS, table

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = DOCS / "scim.md"
TEXT = " ".join(PAGE.read_text().split())


def missing() -> str:
    return " ".join(row[0] for row in table(PAGE, "feature"))


@pytest.mark.parametrize(
    "phrase",
    [
        f"body of {MAX_BODY:,} bytes",
        f"{patch.MAX_OPERATIONS:,} operations in a PATCH",
        f"nesting of {body.MAX_DEPTH} levels",
        f"filter of {scanner.MAX_BYTES:,} bytes, {grammar.MAX_DEPTH} levels",
        f"{grammar.MAX_TERMS} terms",
        f"`count` is {DEFAULT_COUNT} unless given and at most {MAX_COUNT:,}",
        f"at most {MAX_EDIT:,} members",
        f"more than {HELD_MEMBERS:,} members in an answer",
        f"case does not matter; at most {attributes.MAX_USER_NAME} characters",
        f"case matters; at most {attributes.MAX_EXTERNAL_ID} characters",
        f"case does not matter; at most {attributes.MAX_EMAIL} characters",
        f"case does not matter; at most {group.MAX_DISPLAY_NAME} characters",
        f"`{SecretKind.SCIM_KEY}_<id>_<secret>`",
    ],
)
def test_limits_are_those_of_the_code(phrase: str) -> None:
    assert phrase in TEXT


def test_what_is_not_there_is_what_is_not_advertised() -> None:
    gaps = missing()

    assert ("`/Bulk`" in gaps) is not CAPABILITIES.bulk
    assert ("sorting" in gaps) is not CAPABILITIES.sort
    assert ("cursors" in gaps) is not CAPABILITIES.cursor_pagination
    types = {scheme.type for scheme in CAPABILITIES.authentication_schemes}
    assert ("OAuth 2.0" in gaps) is ("oauth2" not in types)


def test_the_extension_lists_all_that_can_be_read() -> None:
    (row,) = (row for row in table(PAGE, "User") if MEMBERSHIP_USER.id in row[0])

    assert words(row[1:2]) == {attribute.name for attribute in MEMBERSHIP_USER.attributes}


def test_the_presets_are_those_of_the_code() -> None:
    neutral = ScimSettings()
    special = {
        provider: preset_of(provider)
        for provider in IdentityProvider
        if preset_of(provider) != neutral
    }
    rows = {row[0].strip("`"): row[2] for row in table(PAGE, "option")}

    assert set(special) == {IdentityProvider.ONELOGIN, IdentityProvider.KEYCLOAK}
    assert rows["--on-provision"] == f"`{neutral.on_provision}`"
    assert rows["--rehire"] == f"`{neutral.rehire}`"
    assert rows["--omitted-members"] == (
        f"`{neutral.omitted_group_members}`; "
        f"Keycloak: `{special[IdentityProvider.KEYCLOAK].omitted_group_members}`"
    )
    assert rows["--patch-response"] == f"`{neutral.patch_response}`"
    assert rows["--strict-member-ids"] == "off"
    assert (
        f"OneLogin: `{special[IdentityProvider.ONELOGIN].content_type}`" in (rows["--content-type"])
    )


def words(cells: Iterable[str]) -> set[str]:
    """What stands in backticks."""
    return {word for cell in cells for word in re.findall(r"`([^`]+)`", cell)}
