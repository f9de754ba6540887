"""Who loses access is refused a second later by every process, and what is open already ends."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.caller import Actor, Caller
from domain.commands import CreateAccessToken, Member
from domain.vocabulary import ActorKind, MemberRole, Origin, Scope
from graphql_schema.ids import Kind, make_id
from tests.support import factories
from tests.support.house import House, Resident
from tests.support.processes import owner_of
from tests.support.sessions import session, session_id_of, signed_in

COOKIE = "rollcall-session"
A_SECOND = 1.0
ENDED_S = 15.0
"""Longest wait for a subscription's end; rights are looked at every minute without any news."""
MEMBERS = "query ($org: ID!) { organization(by: {id: $org}) { members(first: 1) { totalCount } } }"
CHANGES = """
subscription ($org: ID!) { memberChanges(organizationId: $org) { memberId } }
"""
REVOKE = "mutation ($id: ID!) { revokeMember(input: {memberId: $id}) { changed } }"
REMOVE = "mutation ($id: ID!) { removeMember(input: {memberId: $id}) { changed } }"
DEMOTE = "mutation ($id: ID!) { changeMemberRole(input: {memberId: $id, role: USER}) { changed } }"
END = "mutation ($id: ID!) { endSession(input: {sessionId: $id}) { changed errors { code } } }"


@dataclass(slots=True)
class Ada:
    """An administrator with a session, another one, and an access token of her own."""

    resident: Resident
    member: Member
    session: str
    other_session: str
    token: str
    owner: str

    @property
    def org(self) -> str:
        return make_id(Kind.ORGANIZATION, None, self.resident.organization_id)

    @property
    def id(self) -> str:
        return make_id(Kind.MEMBER, self.resident.organization_id, self.member.id)

    @property
    def presented(self) -> dict[str, dict[str, str]]:
        """What she lets herself in with: the headers of a session, and of a token."""
        return {
            "session": {"cookie": f"{COOKIE}={self.session}", "x-rollcall": "1"},
            "token": {"authorization": f"Bearer {self.token}"},
        }

    def act(self, query: str, headers: dict[str, str], **variables: str) -> Any:
        url = f"{self.resident.house.server.url}/graphql"
        body = {"query": query, "variables": variables}
        return httpx.post(url, json=body, headers=headers).json()["data"]

    def by_an_owner(self, query: str) -> None:
        (done,) = self.act(query, {"authorization": f"Bearer {self.owner}"}, id=self.id).values()
        assert done["changed"] is True

    def by_the_provider(self) -> None:
        response = httpx.patch(
            f"{self.resident.base}/Users/{self.member.id}",
            json={
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "replace", "path": "active", "value": False}],
            },
            headers={
                "authorization": f"Bearer {self.resident.key}",
                "content-type": "application/scim+json",
            },
        )
        assert response.status_code in {200, 204}, response.text

    def by_herself(self) -> None:
        """Where she is signed in besides, she ends this session."""
        headers = {"cookie": f"{COOKIE}={self.other_session}", "x-rollcall": "1"}
        id_ = make_id(Kind.SESSION, None, session_id_of(self.session))
        done = self.act(END, headers, id=id_)["endSession"]
        assert done == {"changed": True, "errors": []}


@pytest.fixture(scope="module")
def house(houses: Callable[[int], House]) -> House:
    """A server of two processes."""
    return houses(2)


async def _ada(house: House, resident: Resident) -> Ada:
    app, org = house.blocking.app, resident.organization_id
    await factories.owner(app, org)
    member, secret = await signed_in(app, org, MemberRole.ADMIN)
    maker = Caller(Actor(ActorKind.MEMBER, member.id, member.label), Origin.CONSOLE, org)
    scopes = frozenset({Scope.MEMBERS_READ})
    own = (await app.execute(CreateAccessToken(org, "hers", scopes), maker)).value.secret
    every = CreateAccessToken(org, "an owner's", frozenset(Scope))
    owner = (await app.execute(every, factories.SYSTEM)).value.secret
    return Ada(resident, member, secret, await session(app, member.account_id), own, owner)


@dataclass(frozen=True, slots=True)
class End:
    """A way in which access ends, and what of hers it ends."""

    name: str
    of: Callable[[Ada], None]
    kinds: tuple[str, ...] = ("session", "token")


ENDS = (
    End("revoked", lambda ada: ada.by_an_owner(REVOKE)),
    End("removed", lambda ada: ada.by_an_owner(REMOVE)),
    End("demoted", lambda ada: ada.by_an_owner(DEMOTE)),
    End("deactivated by the provider", Ada.by_the_provider),
    End("session ended", Ada.by_herself, ("session",)),
)
Way = tuple[End, Ada, str]
"""An end, whose access it ends, and what she presents."""


@dataclass(slots=True)
class Process:
    """A process of the server: a connection to it, and what subscriptions through it are told."""

    pid: int
    client: httpx.Client
    heard: dict[int, Future[list[Any]]] = field(default_factory=dict)

    def ask(self, ada: Ada, kind: str) -> Any:
        body = {"query": MEMBERS, "variables": {"org": ada.org}}
        return self.client.post("/graphql", json=body, headers=ada.presented[kind]).json()


@contextmanager
def _alone(pid: int, pids: list[int]) -> Iterator[None]:
    """Meanwhile the other processes stand still: new connections are this one's."""
    others = [other for other in pids if other != pid]
    try:
        for other in others:
            os.kill(other, signal.SIGSTOP)
            while Path(f"/proc/{other}/stat").read_text().rpartition(") ")[2][0] != "T":
                time.sleep(0.001)
        yield
    finally:
        for other in others:
            os.kill(other, signal.SIGCONT)


def _opened(stack: ExitStack, pool: ThreadPoolExecutor, house: House, ways: list[Way]) -> Any:
    """Each process, with a subscription through it for each way."""
    url, pids = house.server.url, house.server.worker_pids()
    assert len(pids) == 2
    for pid in pids:
        with _alone(pid, pids):
            process = Process(pid, stack.enter_context(httpx.Client(base_url=url, timeout=20)))
            assert _pid(process.client.get("/ready"), pids) == pid
            for number, (_, ada, kind) in enumerate(ways):
                response = stack.enter_context(_subscription(ada, kind))
                assert _pid(response, pids) == pid
                process.heard[number] = pool.submit(_heard, response)
        yield process


def _pid(response: httpx.Response, pids: list[int]) -> int:
    assert response.status_code == 200
    return owner_of(response.extensions["network_stream"].get_extra_info("client_addr")[1], pids)


def _subscription(ada: Ada, kind: str) -> Any:
    url = f"{ada.resident.house.server.url}/graphql"
    body = {"query": CHANGES, "variables": {"org": ada.org}}
    headers = ada.presented[kind] | {"accept": "text/event-stream"}
    return httpx.stream("POST", url, json=body, headers=headers, timeout=ENDED_S)


def _heard(response: httpx.Response) -> list[Any]:
    """All that a subscription tells until the server ends it."""
    lines = (line.partition(": ") for line in response.iter_lines())
    return [json.loads(data) for name, _, data in lines if name == "data" and data]


def _is_shut_out(body: Any) -> bool:
    codes = {error["extensions"]["code"] for error in body.get("errors", ())}
    return body.get("data") is None and codes in ({"UNAUTHENTICATED"}, {"FORBIDDEN"})


def test_who_loses_access_has_lost_it_a_second_later(house: House) -> None:
    adas = [house.blocking.run(_ada(house, house.resident())) for _ in ENDS]
    ways = [(end, ada, kind) for end, ada in zip(ENDS, adas, strict=True) for kind in end.kinds]
    with ThreadPoolExecutor(2 * len(ways)) as pool, ExitStack() as stack:
        processes = list(_opened(stack, pool, house, ways))
        time.sleep(A_SECOND)  # no news of before makes anybody look at rights again
        for process in processes:  # what each now remembers
            for _, ada, kind in ways:
                assert process.ask(ada, kind)["data"] is not None

        for end, ada in zip(ENDS, adas, strict=True):
            end.of(ada)
        time.sleep(A_SECOND)

        still_in = [
            (process.pid, end.name, kind)
            for process in processes
            for end, ada, kind in ways
            if not _is_shut_out(process.ask(ada, kind))
        ]
        assert still_in == []
        # Nothing more happens in their organizations that could make a subscription look.
        for process in processes:
            for number, (end, _, kind) in enumerate(ways):
                told = process.heard[number].result(ENDED_S)
                assert _is_shut_out(told[-1]), (end.name, kind, told)
