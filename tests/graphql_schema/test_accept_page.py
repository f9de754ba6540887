"""What the accept page asks before anything is accepted: a name to propose, and who is there."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.commands import RevokeMember
from domain.vocabulary import MemberStatus
from graphql_schema import auth
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.graphql import Api, as_nobody, as_person
from tests.support.sessions import session

NAME = "query ($token: String!) { invitationPreview(token: $token) { name } }"
SIGNED_IN_AS = "{ signedInAs }"


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions are looked up for each request."""
    monkeypatch.setattr(auth, "CACHE_S", 0.0)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"display_name": "Ada", "given_name": "Augusta", "family_name": "King"}, "Ada"),
        ({"given_name": "Augusta", "family_name": "King"}, "Augusta King"),
        ({"family_name": "King"}, "King"),
        ({}, None),
    ],
)
async def test_the_name_that_the_organization_knows_is_proposed(
    app: Application, caller: Api, given: dict[str, Any], name: str | None
) -> None:
    named = {"display_name": None, **given}
    member = await factories.member(app, caller.organization_id, **named)
    link = await factories.invitation_link(app, member)
    browser = as_nobody(caller)

    assert await browser.ask(NAME, token=link) == {"invitationPreview": {"name": name}}
    await app.execute(RevokeMember(caller.organization_id, member.id), SYSTEM)
    assert await browser.ask(NAME, token=link) == {"invitationPreview": {"name": None}}


async def test_a_page_may_ask_whom_a_browser_is_signed_in_as(app: Application, caller: Api) -> None:
    member = await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED)
    sql = "SELECT account_id FROM members WHERE organization_id = $1 AND id = $2"
    account_id = await app.pool.fetchval(sql, caller.organization_id, member.id)

    person = as_person(caller, await session(app, account_id))

    assert await as_nobody(caller).ask(SIGNED_IN_AS) == {"signedInAs": None}
    assert await caller.ask(SIGNED_IN_AS) == {"signedInAs": None}
    assert await person.ask(SIGNED_IN_AS) == {"signedInAs": member.attributes.email}
