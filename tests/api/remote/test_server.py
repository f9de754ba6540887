"""A command asks a real server: it waits where it is told to, and says plainly what is wrong."""

from __future__ import annotations

import asyncio

import pytest

from api.remote.changes import member_changes
from api.remote.errors import NotLetIn, RemoteError, Unreachable
from api.remote.introduction import Introduction
from api.remote.server import PAUSES_S, RemoteServer
from domain.caller import ALL_SCOPES
from domain.commands import CreateAccessToken
from domain.vocabulary import Scope
from graphql_schema.ids import Kind, make_id
from tests.api.remote.conftest import OPERATIONS
from tests.support import factories
from tests.support.house import Resident
from tests.support.server import free_port

WHO = "query Who { viewer { scopes } }"
PLACE = "query Place($id: ID!) { organization(by: {id: $id}) { id keyVersion } }"


def token(acme: Resident, scopes: frozenset[Scope] = ALL_SCOPES) -> Introduction:
    command = CreateAccessToken(acme.organization_id, "a command", scopes)
    blocking = acme.house.blocking
    return Introduction(
        token=blocking.run(blocking.app.execute(command, factories.SYSTEM)).value.secret
    )


@pytest.fixture
def mighty(acme: Resident) -> Introduction:
    """With every scope."""
    return token(acme)


@pytest.fixture
def powerless(acme: Resident) -> Introduction:
    """May read groups, and no member."""
    return token(acme, frozenset({Scope.GROUPS_READ}))


def org(acme: Resident) -> str:
    return make_id(Kind.ORGANIZATION, None, acme.organization_id)


async def test_a_token_is_let_in(acme: Resident, mighty: Introduction) -> None:
    async with RemoteServer(acme.house.server.url, mighty) as server:
        answer = await server.ask(PLACE, id=org(acme))

    assert answer == {"organization": {"id": org(acme), "keyVersion": 0}}


@pytest.mark.parametrize(
    ("introduction", "message"),
    [
        (Introduction(token="adm_wrong"), "The server does not accept this access token"),
        (Introduction(), "Sign in first: rollcall sign-in --email"),
    ],
)
async def test_who_is_not_known_hears_what_to_do(
    acme: Resident, introduction: Introduction, message: str
) -> None:
    async with RemoteServer(acme.house.server.url, introduction) as server:
        with pytest.raises(NotLetIn, match=message):
            await server.ask(WHO)


async def test_a_missing_scope_is_named(acme: Resident, powerless: Introduction) -> None:
    async with RemoteServer(acme.house.server.url, powerless) as server:
        with pytest.raises(NotLetIn, match="MEMBERS_READ"):
            await server.ask(
                "query Some($id: ID!)"
                " { organization(by: {id: $id}) { members(first: 1) { nodes { id } } } }",
                id=org(acme),
            )


async def test_it_waits_as_long_as_the_server_says(acme: Resident, mighty: Introduction) -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        await asyncio.sleep(seconds)

    async with RemoteServer(acme.house.server.url, mighty, pause=pause) as server:
        for _ in range(OPERATIONS + 1):
            assert len((await server.ask(WHO))["viewer"]["scopes"]) == len(ALL_SCOPES)

    assert waited
    assert all(1 <= seconds <= 60 / OPERATIONS for seconds in waited)


async def test_a_question_is_asked_again_where_no_answer_comes() -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    url = f"http://127.0.0.1:{free_port()}"
    async with RemoteServer(url, Introduction(), pause=pause) as server:
        with pytest.raises(Unreachable, match=f"{url} does not answer: "):
            await server.ask(WHO)
        assert waited == list(PAUSES_S)
        # What changes something is not: it may have been done.
        with pytest.raises(Unreachable):
            await server.change("mutation SignOut { signOut { changed } }")
        assert waited == list(PAUSES_S)


async def test_another_server_is_told_apart(acme: Resident) -> None:
    url = f"{acme.house.server.url}/elsewhere"

    async with RemoteServer(url, Introduction()) as server:
        with pytest.raises(RemoteError, match=r"answered 404\. Is this a Rollcall server"):
            await server.ask(WHO)


async def test_changes_are_heard(acme: Resident, mighty: Introduction) -> None:
    heard = member_changes(acme.house.server.url, mighty, org(acme))

    await anext(heard)  # it listens
    async with RemoteServer(acme.house.server.url, mighty) as server:
        invited = await server.do(
            "mutation Invite($input: InviteMemberInput!)"
            " { inviteMember(input: $input) { changed errors { code message } } }",
            input={"organizationId": org(acme), "email": "ada@example.com"},
        )
    await anext(heard)
    await heard.aclose()

    assert invited["changed"] is True


async def test_changes_are_for_those_who_may_read(acme: Resident, powerless: Introduction) -> None:
    url = acme.house.server.url

    with pytest.raises(NotLetIn, match="does not accept this access token"):
        await anext(member_changes(url, Introduction(token="adm_wrong"), org(acme)))
    with pytest.raises(NotLetIn, match="MEMBERS_READ"):
        async for _ in member_changes(url, powerless, org(acme)):
            pass
    with pytest.raises(Unreachable):
        await anext(member_changes(f"{url}/elsewhere", Introduction(), org(acme)))
