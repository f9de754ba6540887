"""Live subscriptions over real processes: one is killed, all stop, the database goes and comes."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from domain.ids import UUID
from graphql_schema.ids import Kind, make_id
from tests.support.database import DatabaseFactory
from tests.support.processes import is_running, owner_of
from tests.support.server import RunningServer, running_server

QUERY = """
subscription ($org: ID!, $after: String) {
  auditEvents(organizationId: $org, after: $after, filter: {action: ["member.invited"]}) {
    cursor node { subjectLabel }
  }
}
"""


@dataclass(slots=True)
class Organization:
    """One whose provider creates users, and whose administrator listens."""

    server: RunningServer
    made: dict[str, Any]
    secret: str

    def create(self, name: str) -> None:
        """A user, by SCIM; tried again while the server cannot."""
        headers = {"authorization": f"Bearer {self.made['scimApiKey']}"}
        body = {"userName": f"{name}@x.example"}
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                url = f"{self.made['scimBaseUrl']}/Users"
                response = httpx.post(url, json=body, headers=headers, timeout=20)
            except httpx.HTTPError:
                continue
            if response.status_code in {201, 409}:
                return
            assert response.status_code == 503, response.text
        raise AssertionError("nobody could be created")

    @contextmanager
    def listening(self, after: str | None = None) -> Iterator[tuple[Iterator[Any], int]]:
        """What comes, and the local port of the connection."""
        org = make_id(Kind.ORGANIZATION, None, UUID(self.made["organizationId"]))
        headers = {"authorization": f"Bearer {self.secret}", "accept": "text/event-stream"}
        body = {"query": QUERY, "variables": {"org": org, "after": after}}
        url = f"{self.server.url}/graphql"
        with httpx.stream("POST", url, json=body, headers=headers, timeout=60) as response:
            assert response.status_code == 200
            stream = response.extensions["network_stream"]
            yield _items(response), stream.get_extra_info("client_addr")[1]


def _items(response: httpx.Response) -> Iterator[Any]:
    for line in response.iter_lines():
        field, _, value = line.partition(": ")
        if field == "data":
            yield json.loads(value)["data"]["auditEvents"]


def labels(items: list[Any]) -> list[str]:
    return [item["node"]["subjectLabel"].partition("@")[0] for item in items]


def organization(server: RunningServer, name: str) -> Organization:
    made = server.init(name)
    done = server.rollcall(
        "token", "create", "--name", "live", "-o", made["organizationId"], "--all-scopes", "--json"
    )
    return Organization(server, made, json.loads(done.stdout)["accessToken"])


@pytest.fixture(scope="module")
def server(database_factory: DatabaseFactory, worker_id: str) -> Iterator[RunningServer]:
    with running_server(workers=2, database=database_factory.clone(f"live_{worker_id}")) as running:
        yield running


@pytest.mark.faults
def test_a_killed_process_loses_nothing(server: RunningServer) -> None:
    house = organization(server, "Killed")
    found: list[Any] = []
    with house.listening() as (items, port):
        house.create("one")
        found.append(next(items))
        killed = owner_of(port, server.worker_pids())
        os.kill(killed, signal.SIGKILL)
        with pytest.raises(httpx.HTTPError):
            next(items)
    # By the other process, or the one that takes the place of the first.
    house.create("two")
    house.create("three")

    with house.listening(found[-1]["cursor"]) as (items, port):
        found += [next(items), next(items)]
        assert owner_of(port, server.worker_pids()) != killed
        house.create("four")
        found.append(next(items))

    assert labels(found) == ["one", "two", "three", "four"]
    assert not is_running(killed)


def test_what_one_process_writes_another_tells(server: RunningServer) -> None:
    house = organization(server, "Told")
    with ExitStack() as stack:
        opened = [stack.enter_context(house.listening()) for _ in range(6)]
        house.create("all")

        # Whoever answered the create: it was one of two processes.
        assert [labels([next(items)]) for items, _ in opened] == [["all"]] * 6


@pytest.mark.faults
def test_a_database_that_is_killed_comes_back_and_so_do_the_events() -> None:
    with running_server() as server:
        house = organization(server, "Away")
        with house.listening() as (items, _):
            house.create("before")
            found = [next(items)]
            os.kill(server.database_pid(), signal.SIGKILL)
            house.create("after")
            found.append(next(items))

            assert labels(found) == ["before", "after"]
            # And the server stops at once, though somebody still listens.
            assert server.stop(signal.SIGTERM) == 0
            assert list(items) == []
        log = server.log.read_text()
        assert "timeout graceful shutdown exceeded" not in log
        assert "Exception in ASGI application" not in log
