"""Where the rules are sent: ROLLCALL_CONFORMANCE_URL with its _KEY, else a server of our own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.conformance.client import Client
from tests.conformance.servers import client_of, hollow_server
from tests.support.database import DatabaseFactory
from tests.support.house import open_house

pytest.register_assert_rewrite("tests.conformance.rules")

NewClient = Callable[[], Client]


@pytest.fixture(scope="package")
def new_client(database_factory: DatabaseFactory, worker_id: str) -> Iterator[NewClient]:
    """Makes a client of a new organization; of the one named in the environment, where it is.

    That one is emptied before each rule, and only where ROLLCALL_CONFORMANCE_ERASE is 1.
    """
    url, key = (os.environ.get(f"ROLLCALL_CONFORMANCE_{name}") for name in ("URL", "KEY"))
    if url is not None:
        assert os.environ.get("ROLLCALL_CONFORMANCE_ERASE") == "1", "say that all in it may go"
        yield lambda: emptied(Client(url.rstrip("/"), key or ""))
        return
    database = database_factory.clone(f"conformance_{worker_id}")
    with open_house(database, env={"ROLLCALL_SCIM_RATE_LIMIT": "30"}) as house:
        yield lambda: client_of(house)


def emptied(client: Client) -> Client:
    """The client, once the groups and users of its organization are deleted."""
    for endpoint in ("/Groups", "/Users"):
        for id_ in client.get(f"{endpoint}?count=1000&attributes=id").ids:
            client.delete(f"{endpoint}/{id_}")
    return client


@pytest.fixture
def acme(new_client: NewClient) -> Iterator[Client]:
    """A client of an organization with nobody in it."""
    made = new_client()
    yield made
    made.close()


@pytest.fixture(scope="package")
def hollow_url() -> Iterator[str]:
    """The base URL of a server that answers `200 {}` to everything."""
    with hollow_server() as url:
        yield url


@pytest.fixture
def hollow(hollow_url: str) -> Iterator[Client]:
    """A client of that server, whose requests that only prepare may fail."""
    clients: list[Client] = []

    def made() -> Client:
        clients.append(
            Client(
                hollow_url,
                "key",
                strict=False,
                neighbour=made,
                revoke_key=lambda: None,
                stored_after=lambda _: "",
                server_log=str,
            )
        )
        return clients[-1]

    yield made()
    for client in clients:
        client.close()
