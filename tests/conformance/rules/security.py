"""What a client can find out about how secrets and odd input are handled."""

from __future__ import annotations

from tests.conformance.client import Client, name, path_of
from tests.conformance.registry import rule


@rule("SEC-01", note="The log of requests, which only administrators read, keeps the filter.")
def filters_are_not_in_the_servers_log(acme: Client) -> None:
    """Who is looked for by a filter is not in the log of the server."""
    made = acme.user(f"{name()}@example.com")
    assert acme.find(f'userName eq "{made["userName"]}"') == [made.id]
    acme.filtered(f"userName xx {made['userName']}")
    assert made["userName"].partition("@")[0] not in acme.server_log()


@rule("SEC-02")
def no_secret_is_written_down(acme: Client) -> None:
    """Neither a password nor the key is in the database or in the log of requests."""
    secret = f"Pass-{name()}"
    made = acme.user(password=secret)
    operation = {"op": "add", "path": "password", "value": secret}
    patched = acme.patch(path_of(made), operation)
    assert patched.id == made.id != ""
    acme.get("/Users", Cookie=secret)
    stored = acme.stored()
    assert made.id in stored
    assert secret not in stored
    assert acme.key.split("_", 2)[2] not in stored


@rule("SEC-03")
def input_is_checked(acme: Client) -> None:
    """Bodies that are too large are 413; what looks like SQL or HTML is text."""
    large = {"userName": name(), "title": "x" * 1_100_000}
    assert acme.post("/Users", large).error == (413, None)
    odd = "'; DROP TABLE members; -- <script>alert(1)</script> ${7*7}"
    made = acme.user(title=odd)
    assert acme.resource(made)["title"] == odd
    assert acme.get("/Users")["totalResults"] == 1


@rule("SEC-04", note="Hashed storage and rotation are tested where keys are made.")
def keys_are_never_stored(acme: Client) -> None:
    """Of a key only a hash is stored, and a key that is a little different is another one."""
    made = acme.user()
    other = acme.key[:-2] + ("AA" if not acme.key.endswith("AA") else "BB")
    wrong = acme.send("GET", "/Users", None, {"Authorization": f"Bearer {other}"})
    assert wrong.error == (401, None)
    assert acme.key.split("_", 2)[2] not in acme.stored()
    assert acme.resource(made).id == made.id
