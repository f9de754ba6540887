"""Short sample flows of identity providers, played over HTTP as the providers would.

Each is written after what the provider is known to send; names and ids are fresh each time. A flow
says what it did, step by step, and stops where the server answers otherwise than it should.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

_GIVEN = ("Ada", "Bela", "Chidi", "Dunja", "Elif", "Femi", "Gita", "Henri", "Ines", "Jonas", "Kaja")
_FAMILY = ("Aalto", "Bianchi", "Castro", "Dembele", "Egger", "Fontaine", "Garcia", "Holm", "Ito")


class UnexpectedAnswer(Exception):
    """The server answered a step otherwise than the provider needs."""


@dataclass(slots=True)
class Provider:
    """A client that calls as one provider does, and notes its steps."""

    name: str
    client: httpx.AsyncClient
    note: Callable[[str, str], None]
    run: str = field(default_factory=lambda: secrets.token_hex(3))

    async def call(
        self, what: str, method: str, path: str, body: Any = None, *, status: int
    ) -> Any:
        """One step; its answer's body. Raises UnexpectedAnswer."""
        answer = await self.client.request(method, path, json=body)
        self.note(self.name, f"{what}: {method} {path.partition('?')[0]} → {answer.status_code}")
        if answer.status_code != status:
            raise UnexpectedAnswer(
                f"{self.name}, {what}: {method} {path} was answered {answer.status_code} instead "
                f"of {status}: {answer.text[:300]}"
            )
        return answer.json() if answer.content else None

    async def patch(self, what: str, path: str, *operations: Any, status: int) -> None:
        """A PATCH of these operations."""
        body = {"schemas": [PATCH], "Operations": list(operations)}
        await self.call(what, "PATCH", path, body, status=status)

    def person(self) -> dict[str, Any]:
        """A person whom nobody has met before, as a SCIM User."""
        given, family = secrets.choice(_GIVEN), secrets.choice(_FAMILY)
        address = f"{given}.{family}.{secrets.token_hex(3)}@example.com".lower()
        return {
            "schemas": [USER],
            "userName": address,
            "externalId": secrets.token_hex(10),
            "name": {"givenName": given, "familyName": family},
            "displayName": f"{given} {family}",
            "emails": [{"primary": True, "type": "work", "value": address}],
            "active": True,
        }

    async def create(self, person: dict[str, Any]) -> str:
        """Look the person up, find nobody, create: as every provider does. The new id."""
        query = httpx.QueryParams({"filter": f'userName eq "{person["userName"]}"'})
        found = await self.call("look up", "GET", f"/Users?{query}", status=200)
        if found["totalResults"] != 0:
            raise UnexpectedAnswer(f"{self.name}: {person['userName']} exists already")
        created = await self.call("create a person", "POST", "/Users", person, status=201)
        return str(created["id"])


async def okta(provider: Provider) -> None:
    """Import, assign, profile by PUT, group push, unassign by a pathless PATCH."""
    await provider.call("test", "GET", "/Users?startIndex=1&count=2", status=200)
    people = [provider.person() | {"locale": "en-US", "groups": []} for _ in range(3)]
    ids = [await provider.create(person) for person in people]
    stored = await provider.call("read", "GET", f"/Users/{ids[0]}", status=200)
    await provider.call(
        "profile", "PUT", f"/Users/{ids[0]}", stored | {"title": "Engineer"}, status=200
    )
    group = {"schemas": [GROUP], "displayName": f"Okta Engineering {provider.run}", "members": []}
    made = await provider.call("push a group", "POST", "/Groups", group, status=201)
    members = [{"value": id_, "display": "…"} for id_ in ids]
    add = {"op": "add", "path": "members", "value": members}
    await provider.patch("its members", f"/Groups/{made['id']}", add, status=204)
    off = {"op": "replace", "value": {"active": False}}
    await provider.patch("unassign one", f"/Users/{ids[2]}", off, status=200)


async def entra(provider: Provider) -> None:
    """Connection test, people with a manager, a group member by member, legacy deactivation."""
    query = httpx.QueryParams({"filter": f'userName eq "{secrets.token_hex(16)}"'})
    await provider.call("test", "GET", f"/Users?{query}", status=200)
    people = [
        provider.person() | {"schemas": [USER, ENTERPRISE], ENTERPRISE: {"department": "Sales"}}
        for _ in range(2)
    ]
    lead, report = [await provider.create(person) for person in people]
    manager = {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": lead}
    title = {"op": "Replace", "path": "title", "value": "Account manager"}
    await provider.patch("manager and title", f"/Users/{report}", manager, title, status=200)
    group = {
        "schemas": [GROUP],
        "externalId": secrets.token_hex(16),
        "displayName": f"Entra Sales {provider.run}",
    }
    made = await provider.call("create a group", "POST", "/Groups", group, status=201)
    for id_ in (lead, report):
        add = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": id_}]}
        await provider.patch("add a member", f"/Groups/{made['id']}", add, status=204)
    off = {"op": "Replace", "path": "active", "value": "False"}
    await provider.patch("soft delete", f"/Users/{lead}", off, status=200)
    on = {"op": "Replace", "path": "active", "value": "True"}
    await provider.patch("restore", f"/Users/{lead}", on, status=200)


async def onelogin(provider: Provider) -> None:
    """People by POST and PUT, one of whom leaves for good."""
    people = [provider.person() for _ in range(2)]
    ids = [await provider.create(person) for person in people]
    await provider.call(
        "suspend", "PUT", f"/Users/{ids[0]}", people[0] | {"active": False}, status=200
    )
    await provider.call("delete", "DELETE", f"/Users/{ids[1]}", status=204)
    await provider.call("look again", "GET", f"/Users/{ids[1]}", status=404)


FLOWS: dict[str, tuple[dict[str, str], Callable[[Provider], Awaitable[None]]]] = {
    "Okta": ({"User-Agent": "Okta SCIM Client 1.0.0"}, okta),
    "Entra ID": ({"User-Agent": "Microsoft Azure AD SCIM provisioning"}, entra),
    "OneLogin": ({"User-Agent": "OneLogin SCIM Client"}, onelogin),
}


async def play(base_url: str, key: str, note: Callable[[str, str], None]) -> None:
    """Play every flow against a SCIM base URL. Raises UnexpectedAnswer, httpx.HTTPError."""
    for name, (agent, flow) in FLOWS.items():
        headers = agent | {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/scim+json; charset=utf-8",
        }
        async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=30) as client:
            await flow(Provider(name, client, note))
