"""Whatever is sent to the token endpoint: an answer of RFC 6749, never a token, never a fault."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_facade.oauth.form import ASSERTION_TYPE
from tests.support.blocking import Blocking, blocking
from tests.support.effort import examples
from tests.support.oauth import Client, Door, oauth_client, open_door
from tests.support.scim import world_of

ERRORS = {"invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type"}
# What they stand for is known only when the client is there.
_WORDS = ("client_credentials", "password", "scim", "<id>", "<id>.<id>", "rcs_", ASSERTION_TYPE)
_ODD = ("e30.e30.", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "\x00", "%00", "\U0010ffff", "a" * 5000)
_NAMES = ("grant_type", "client_id", "client_secret", "scope", "client_assertion", "resource")
texts = st.text(max_size=12) | st.sampled_from([*_WORDS, *_ODD])
names = texts | st.sampled_from([*_NAMES, "client_assertion_type"])
forms = st.lists(st.tuples(names, texts), max_size=6)
credentials = st.none() | st.text(max_size=20) | st.sampled_from(["Basic Og==", "Basic /w=="])


@pytest.fixture(scope="module")
def knocked(database_url: str) -> Iterator[tuple[Blocking, Door, Client]]:
    with blocking(database_url) as runner:
        world = world_of(runner.app)
        client = runner.run(oauth_client(runner.run(world.organization())))
        yield runner, open_door(world), client


@examples(60)
@given(form=forms | st.binary(max_size=40), credentials=credentials)
def test_nothing_that_is_sent_gets_a_token_or_breaks_the_endpoint(
    knocked: tuple[Blocking, Door, Client],
    form: list[tuple[str, str]] | bytes,
    credentials: str | None,
) -> None:
    runner, door, client = knocked
    if not isinstance(form, bytes):
        named = [(name, value.replace("<id>", client.id)) for name, value in form]
        pairs = (f"{quote_plus(name)}={quote_plus(value)}" for name, value in named)
        form = "&".join(pairs).encode()
    sent = credentials and credentials.encode("utf-8", "replace").decode("latin-1")

    answer = runner.run(door.ask(form, {"authorization": sent} if sent else {}))

    assert answer.status in {400, 401}, answer.body
    assert answer["error"] in ERRORS
    assert "access_token" not in answer.body.decode()
