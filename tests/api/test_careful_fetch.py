"""Documents of others: fetched with limits, and not taken for what they are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from socket import socket
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import pytest

from api.careful_fetch import MAX_BYTES, NotFetched, fetch_json, fetch_key_set
from domain.spans import span, trace_to
from scim_facade.oauth.signing_keys import KeySetAway
from tests.support.issuer import Issuer, running_issuer

CERTIFICATE = Path(__file__).parents[1] / "support" / "localhost.pem"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An address with a key set."""
    with running_issuer() as running:
        yield running


async def test_a_key_set_is_fetched(issuer: Issuer) -> None:
    assert await fetch_key_set(issuer.jwks_url) == issuer.jwks()

    issuer.answer = (404, {}, b"{}")
    with pytest.raises(KeySetAway, match="it answered 404"):
        await fetch_key_set(issuer.jwks_url)


@pytest.mark.parametrize(
    ("status", "headers", "body", "why"),
    [
        (302, {"location": "http://127.0.0.1:1/keys"}, b"", "it answered 302"),
        (404, {}, b"{}", "it answered 404"),
        (500, {}, b"{}", "it answered 500"),
        (200, {}, b"<html>", "it answered no JSON"),
        (200, {}, b"[]", "it answered no JSON object"),
        (200, {"content-encoding": "gzip"}, b"\x1f\x8b", "it answered no JSON"),
        (200, {}, b" " * (MAX_BYTES + 1), f"it answered more than {MAX_BYTES} bytes"),
    ],
)
async def test_what_is_no_json_object_is_not_taken_for_one(
    issuer: Issuer, status: int, headers: dict[str, str], body: bytes, why: str
) -> None:
    issuer.answer = (status, headers, body)

    with pytest.raises(NotFetched, match=f"^{why}$"):
        await fetch_json(issuer.jwks_url)

    assert issuer.asked == 1


async def test_a_certificate_must_be_one_that_somebody_vouches_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with running_issuer(context) as issuer:
        with pytest.raises(NotFetched, match="ConnectError"):
            await fetch_json(issuer.jwks_url)
        assert issuer.asked == 0

        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        assert await fetch_json(issuer.jwks_url) == issuer.jwks()


async def test_a_trace_goes_on_where_it_is_asked(issuer: Issuer) -> None:
    await fetch_json(issuer.jwks_url)
    assert issuer.traceparent is None

    trace_to(lambda _: None)
    try:
        with span("a sign-in") as made:
            await fetch_json(issuer.jwks_url)
    finally:
        trace_to(None)

    assert made is not None
    assert issuer.traceparent == f"00-{made.trace_id}-{made.id}-01"


async def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.careful_fetch.WITHIN_S", 0.2)
    with socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(NotFetched, match="no answer within"):
            await fetch_json(url)

    monkeypatch.undo()
    with pytest.raises(NotFetched, match="ConnectError"):
        await fetch_json(url)
