"""A client that calls as an identity provider does, and what a flow of one leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(slots=True)
class Came:
    """What a flow left: statuses by userName, members by group name, and the history."""

    members: dict[str, str] = field(default_factory=dict)
    groups: dict[str, set[str]] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Wire:
    """An HTTP client that calls as one provider does, and counts."""

    client: httpx.Client
    base: str
    headers: dict[str, str]
    sent: int = 0

    def call(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        """The answer's body, after a look at its status."""
        self.sent += 1
        headers = self.headers if body is None else self.headers | _content_type(self.headers)
        request = self.client.build_request(method, self.base + path, json=body, headers=headers)
        answer = self.client.send(request)
        assert answer.status_code == status, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None

    def find(self, endpoint: str, text: str, rest: str = "") -> list[Any]:
        """The resources that meet the filter."""
        found: list[Any] = self.call("GET", f"{endpoint}?filter={quote(text)}{rest}")["Resources"]
        return found

    def patch(self, path: str, *operations: Any, status: int = 200) -> Any:
        """A PATCH of these operations."""
        body = {"schemas": [PATCH_OP], "Operations": list(operations)}
        return self.call("PATCH", path, body, status=status)


def _content_type(headers: dict[str, str]) -> dict[str, str]:
    return {"Content-Type": headers.get("Accept", "application/json")}


def person(name: str, domain: str, **more: Any) -> dict[str, Any]:
    """A user as most providers send one; `more` replaces and adds."""
    given, _, family = name.partition(".")
    address = f"{name}@{domain}"
    return {
        "schemas": [USER],
        "userName": address,
        "name": {"givenName": given.title(), "familyName": family.title()},
        "emails": [{"primary": True, "value": address, "type": "work"}],
        "displayName": f"{given} {family}".title(),
        "active": True,
    } | more
