"""Fixtures of the token endpoint's tests."""

from collections.abc import Iterator

import pytest

from tests.scim_facade.oauth.asserting import SUBJECT
from tests.support.issuer import Issuer, running_issuer
from tests.support.oauth import Client, Door, oauth_client, open_door, workload
from tests.support.scim import Served, World


@pytest.fixture
def door(world: World) -> Door:
    """A token endpoint that remembers nothing."""
    return open_door(world)


@pytest.fixture
async def client(acme: Served) -> Client:
    """An OAuth client of acme."""
    return await oauth_client(acme)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer with one RSA key."""
    with running_issuer() as running:
        yield running


@pytest.fixture
async def robot(acme: Served, issuer: Issuer) -> Client:
    """A workload identity of acme."""
    return await workload(acme, issuer=issuer.url, subject=SUBJECT, jwks_url=issuer.jwks_url)
