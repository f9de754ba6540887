"""Every place of a request in which somebody may put a secret, where it belongs and where not."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from scim_facade.oauth.form import ASSERTION_TYPE

_LINKS = {
    name: f"mutation ($input: {name[0].upper()}{name[1:]}Input!)"
    f" {{ {name}(input: $input) {{ changed errors {{ code message field }} }} }}"
    for name in ("redeemSignInLink", "acceptInvitation", "requestNewInvitationLink")
}
_PEOPLE = "query ($v: Int) { organizations(first: $v) { nodes { members { nodes { id } } } } }"
_NODE = "query ($v: ID!) { node(id: $v) { id } }"
_MINE = "{ viewer { label account { email } } }"


@dataclass(slots=True)
class Doors:
    """All ways into a server, for somebody who holds a good key and a good token."""

    client: httpx.Client
    users: str
    key: str = field(repr=False)
    token: str = field(repr=False)

    def present(self, secret: str) -> Iterator[bytes]:
        """What is answered to each request that has the secret in it somewhere, with its head."""
        for method, path, sent in [*self._scim(secret), *self._oauth(secret), *self._pages(secret)]:
            answer = self.client.request(method, path, **sent)
            # The redirect to an identity provider leads to where it was asked to.
            yield _written(answer)
        for body, headers in self._graphql(secret):
            yield _written(self.client.post("/graphql", json=body, headers=headers))
        yield from self._no_http(secret)
        yield self._socket(secret)

    def _scim(self, secret: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        good = {"authorization": f"Bearer {self.key}"}
        for shown in (f"Bearer {secret}", secret, _basic(secret, secret)):
            yield "GET", self.users, {"headers": {"authorization": shown}}
        told = {"user-agent": secret, "x-request-id": secret, "traceparent": secret, "x-x": secret}
        yield "GET", self.users, {"headers": good | told}
        yield "GET", f"{self.users}/{secret}", {"headers": good}
        yield "GET", f"{self.users}/{secret}", {"headers": {"authorization": f"Bearer {secret}"}}
        for name in ("filter", "count", "cursor", "sortBy", "attributes", "access_token"):
            yield "GET", self.users, {"headers": good, "params": {name: secret}}
        yield "GET", self.users, {"headers": good, "params": {"filter": f'userName eq "{secret}"'}}
        yield "GET", self.users, {"headers": good, "params": {"filter": f'"{secret}" eq id'}}
        for body in (
            {"userName": 7, "emails": secret, "password": secret},
            {"userName": "ada@harbour.example", "active": secret},
            {"schemas": [secret], "Operations": [{"op": secret, "path": secret, "value": secret}]},
        ):
            for method, path in (("POST", self.users), ("PATCH", f"{self.users}/{secret}")):
                yield method, path, {"headers": good, "json": body}
        yield "POST", self.users, {"headers": good, "content": f'{{"password": "{secret}'}
        yield "POST", self.users, {"headers": good | {"content-type": secret}, "content": "{}"}

    def _oauth(self, secret: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        form = {"grant_type": "client_credentials"}
        client = "0190f1d2-0000-7000-8000-000000000000"
        for named in (client, secret):
            yield "POST", "/oauth/token", {"data": form, "headers": {
                "authorization": _basic(named, secret)}}  # fmt: skip
            proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": secret}
            for more in ({"client_secret": secret}, proof, {"scope": secret, "resource": secret}):
                yield "POST", "/oauth/token", {"data": form | {"client_id": named} | more}
        yield "POST", "/oauth/token", {"data": {"grant_type": secret}}

    def _pages(self, secret: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        yield "GET", f"/{secret}", {}
        yield "GET", "/", {"params": {"token": secret}}
        yield "GET", f"/v2/{secret}/Users", {"headers": {"authorization": f"Bearer {secret}"}}
        yield "GET", f"/sign-in/oidc/{secret}", {}
        came = {"code": secret, "state": secret, "error": secret}
        for cookie in ("rollcall-oidc", "rollcall-session"):
            sent = {"params": came, "headers": {"cookie": f"{cookie}={secret}"}}
            yield "GET", "/sign-in/oidc/callback", sent
        yield "GET", "/graphql", {"params": {"query": f"{{ {secret} }}"}}

    def _graphql(self, secret: str) -> Iterator[tuple[Any, dict[str, str]]]:
        good = {"authorization": f"Bearer {self.token}"}
        yield {"query": _MINE}, {"authorization": f"Bearer {secret}"}
        yield {"query": _MINE}, {"cookie": f"rollcall-session={secret}", "x-rollcall": "1"}
        for query in _LINKS.values():
            yield {"query": query, "variables": {"input": {"token": secret}}}, {"x-rollcall": "1"}
            yield {"query": query, "variables": {"input": {"tokens": secret}}}, good
        for query in (_PEOPLE, _NODE):
            yield {"query": query, "variables": {"v": secret}}, good
            yield {"query": query, "variables": {"v": {"v": secret}}}, good
        yield {"query": _NODE, "variables": secret}, good
        yield {"query": _MINE, "operationName": secret}, good
        yield {"query": f'{{ organizations(first: "{secret}") {{ nodes {{ id }} }} }}'}, good
        yield {"query": f'{{ node(id: "{secret}") {{ id }} }}'}, good
        yield {"query": f'{{ node(id: "{secret}'}, good
        yield {"query": json.dumps(secret)}, good

    def _no_http(self, secret: str) -> Iterator[bytes]:
        address = (self.client.base_url.host, self.client.base_url.port)
        for raw in (f"{secret}\r\n\r\n", f"GET / HTTP/1.1\r\n{secret}\r\n\r\n"):
            with socket.create_connection(address, 10) as line:
                line.sendall(raw.encode())
                yield line.makefile("rb").read()

    def _socket(self, secret: str) -> bytes:
        url = f"ws://{self.client.base_url.netloc.decode()}/graphql?token={quote(secret)}"
        said = b""
        with connect(url, subprotocols=["graphql-transport-ws"]) as opened:  # type: ignore[list-item]
            payload = {"Authorization": f"Bearer {secret}", "token": secret}
            opened.send(json.dumps({"type": "connection_init", "payload": payload}))
            with suppress(WebSocketException):
                said += str(opened.recv(10)).encode()
                opened.send(json.dumps({"id": secret, "type": "subscribe", "payload": secret}))
                said += str(opened.recv(10)).encode()
        return said + f"{opened.close_code} {opened.close_reason}".encode()


def _basic(name: str, secret: str) -> str:
    return "Basic " + b64encode(f"{quote(name)}:{quote(secret)}".encode()).decode()


def _written(answer: httpx.Response) -> bytes:
    head = "".join(f"{name}: {value}\n" for name, value in answer.headers.multi_items())
    return f"{answer.status_code}\n{head}\n".encode() + answer.content
