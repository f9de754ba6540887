"""People subscribe by their session, and hear no more once their right to the organization ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.application import Command
from domain.caller import Actor, Caller
from domain.commands import (
    ChangeMemberRole,
    ConfirmMember,
    CreateAccessToken,
    Member,
    RemoveMember,
    RevokeMember,
)
from domain.ids import UUID
from domain.vocabulary import ActorKind, MemberRole, MemberStatus, Origin, Scope
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.graphql import COOKIE, Person, as_person
from tests.support.live import CHANGES, LiveServer, Socket, events, heard, live_server
from tests.support.sessions import signed_in

WITHIN_S = 20.0
"""Far less than the minute after which rights are looked at in any case."""
OUR_ORIGIN = "https://rollcall.test"


@pytest.fixture(scope="module")
async def server(database_url: str) -> AsyncIterator[LiveServer]:
    async with live_server(database_url) as made:
        yield made


@pytest.fixture
async def ada(server: LiveServer) -> tuple[Member, Person]:
    """An administrator who is signed in, in an organization that keeps an owner."""
    caller = await server.caller()
    await factories.owner(server.app, caller.organization_id)
    member, secret = await signed_in(server.app, caller.organization_id, MemberRole.ADMIN)
    return member, as_person(caller, secret)


async def last_words(server: LiveServer, person: Person, end: Any) -> dict[str, Any]:
    """The extensions of the error with which a subscription ends, once `end` has been done."""
    async with events(server.address, "", CHANGES, {"org": person.org}, person.presented) as stream:
        await end()
        async with asyncio.timeout(WITHIN_S):
            said = [each async for each in stream if each[0] != "ping"]
    assert said[-1] == ("complete", None)
    (error,) = said[-2][1]["errors"]
    found: dict[str, Any] = error["extensions"]
    return found


async def test_a_person_subscribes(server: LiveServer, ada: tuple[Member, Person]) -> None:
    person = ada[1]
    async with events(server.address, "", CHANGES, {"org": person.org}, person.presented) as stream:
        invited = await factories.member(server.app, person.organization_id)
        (event,) = await heard(stream, 1)

    assert event["data"]["memberChanges"]["memberId"] == person.member_id(invited.id)


def revoked(organization_id: UUID, member_id: UUID) -> Command[Any]:
    return RevokeMember(organization_id, member_id)


def removed(organization_id: UUID, member_id: UUID) -> Command[Any]:
    return RemoveMember(organization_id, member_id)


def demoted(organization_id: UUID, member_id: UUID) -> Command[Any]:
    return ChangeMemberRole(organization_id, member_id, None, MemberRole.USER)


@pytest.mark.parametrize("command", [revoked, removed, demoted])
async def test_who_loses_the_right_hears_no_more(
    server: LiveServer, ada: tuple[Member, Person], command: Any
) -> None:
    member, person = ada

    async def end() -> None:
        await server.app.execute(command(member.organization_id, member.id), SYSTEM)

    found = await last_words(server, person, end)

    assert found == {"code": "FORBIDDEN", "scope": "MEMBERS_READ"}
    await server.quiet()


async def test_the_right_in_another_organization_is_none_here(
    server: LiveServer, ada: tuple[Member, Person]
) -> None:
    # given a person without header, who acts in the only organization where they are confirmed
    member, person = ada
    other_id = await factories.organization(server.app)
    accepted = await factories.member(
        server.app,
        other_id,
        MemberStatus.ACCEPTED,
        role=MemberRole.ADMIN,
        email=member.attributes.email,
    )
    assert accepted.account_id == member.account_id

    # when that becomes another one
    async def end() -> None:
        await server.app.execute(revoked(member.organization_id, member.id), SYSTEM)
        await server.app.execute(ConfirmMember(other_id, accepted.id), SYSTEM)

    # then the right to read members there does not keep them here
    assert (await last_words(server, person, end))["code"] == "FORBIDDEN"
    scopes = (await person.ask("{ viewer { scopes } }"))["viewer"]["scopes"]
    assert "MEMBERS_READ" in scopes


@pytest.mark.parametrize("mutation", ["signOut", "endSession"])
async def test_an_ended_session_hears_no_more(
    server: LiveServer, ada: tuple[Member, Person], mutation: str
) -> None:
    person = ada[1]

    async def end() -> None:
        if mutation == "signOut":
            await person.ask("mutation { signOut { changed } }")
        else:
            (own,) = (await person.ask("{ viewer { sessions { id } } }"))["viewer"]["sessions"]
            await person.change("endSession", "", sessionId=own["id"])

    assert await last_words(server, person, end) == {"code": "UNAUTHENTICATED"}
    await server.quiet()


async def test_a_token_ends_with_the_member_who_made_it(
    server: LiveServer, ada: tuple[Member, Person]
) -> None:
    member, person = ada
    maker = Caller(
        Actor(ActorKind.MEMBER, member.id, member.label), Origin.CONSOLE, member.organization_id
    )
    command = CreateAccessToken(member.organization_id, "mine", frozenset({Scope.MEMBERS_READ}))
    secret = (await server.app.execute(command, maker)).value.secret

    async with events(server.address, secret, CHANGES, {"org": person.org}) as stream:
        await server.app.execute(revoked(member.organization_id, member.id), SYSTEM)
        async with asyncio.timeout(WITHIN_S):
            said = [each async for each in stream if each[0] != "ping"]

    assert said[-2][1]["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


@pytest.mark.parametrize("origin", [OUR_ORIGIN, None])
async def test_a_websocket_of_our_own_pages(
    server: LiveServer, ada: tuple[Member, Person], origin: str | None
) -> None:
    person = ada[1]
    headers = {"Cookie": f"{COOKIE}={person.secret}"} | ({"Origin": origin} if origin else {})

    async with Socket.open(server.address, **headers) as socket:
        await socket.init({"X-Rollcall-Organization": person.org})
        await socket.subscribe("1", CHANGES, org=person.org)
        await socket.begun()
        invited = await factories.member(server.app, person.organization_id)
        event = await socket.hear()

    assert event["payload"]["data"]["memberChanges"]["memberId"] == person.member_id(invited.id)


@pytest.mark.parametrize("origin", ["https://evil.test", "http://rollcall.test", "null"])
async def test_a_websocket_of_another_page_has_no_session(
    server: LiveServer, ada: tuple[Member, Person], origin: str
) -> None:
    headers = {"Cookie": f"{COOKIE}={ada[1].secret}", "Origin": origin}

    async with Socket.open(server.address, **headers) as socket:
        await socket.say(type="connection_init", payload={})
        assert (await socket.closed())[0] == 4403


async def test_a_websocket_of_nobody_is_closed(server: LiveServer) -> None:
    async with Socket.open(server.address) as socket:
        await socket.say(type="connection_init", payload={})
        assert (await socket.closed())[0] == 4403
