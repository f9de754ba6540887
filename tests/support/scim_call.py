"""One call of the facade over ASGI, as a server hands it over, and the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from scim_facade.app import ScimApp
from scim_facade.oauth.app import OAuthApp

SCIM_JSON = "application/scim+json"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

Headers = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ScimAnswer:
    """What came back; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    chunks: int = 1

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def id(self) -> str:
        """The id of the resource that came back."""
        found: str = self.json["id"]
        return found

    @property
    def lasting_headers(self) -> dict[str, str]:
        """The headers but for the one that differs from call to call."""
        return {name: value for name, value in self.headers.items() if name != "x-request-id"}

    def __getitem__(self, key: str) -> Any:
        return self.json[key]

    def error(self) -> tuple[int, str | None]:
        """Status and scimType of an error, after a look at its form (RFC 7644 §3.12)."""
        body = self.json
        assert body["schemas"] == [ERROR]
        assert body["status"] == str(self.status)
        assert isinstance(body["detail"], str)
        assert body["detail"]
        assert set(body) <= {"schemas", "status", "scimType", "detail"}
        assert self.headers["content-type"] in {SCIM_JSON, "application/json"}
        return self.status, body.get("scimType")


async def call(
    app: ScimApp | OAuthApp,
    method: str,
    target: str,
    headers: Headers,
    body: bytes | None,
    *,
    chunk: int = 2**30,
) -> ScimAnswer:
    """One request as a server hands it over; `target` is the path with its query, on the wire."""
    raw_path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": unquote_to_bytes(raw_path).decode("utf-8", "replace"),
        "raw_path": raw_path.encode(),
        "query_string": query.encode("latin-1"),
        "headers": [
            (name.lower().encode(), value.encode("latin-1"))
            for name, value in headers.items()
            if value is not None
        ],
        "client": ("192.0.2.7", 40000),
    }
    rest = body or b""
    ended = False

    async def receive() -> dict[str, Any]:
        nonlocal rest, ended
        if ended:
            return {"type": "http.disconnect"}
        part, rest = rest[:chunk], rest[chunk:]
        ended = not rest
        return {"type": "http.request", "body": part, "more_body": not ended}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *parts = sent
    assert start["type"] == "http.response.start"
    assert not parts[-1].get("more_body")
    names = [name.decode() for name, _ in start["headers"]]
    assert len(names) == len(set(names)), "a header came twice"
    return ScimAnswer(
        start["status"],
        {name.decode(): value.decode() for name, value in start["headers"]},
        b"".join(part["body"] for part in parts),
        len(parts),
    )
