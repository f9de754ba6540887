"""Who waits for a confirmation, as the server lists them, and what it says to a confirmation."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from joserfc.jwk import ECKey

from api.remote.errors import RemoteError
from api.remote.server import RemoteServer
from domain.keys.account_keys import read_public_key
from domain.keys.compact import NotOurForm
from domain.keys.fingerprint import member_fingerprint

ROOT_FIELDS = 20
"""Of one operation: how many members are looked up at once."""

_PLACE = """
query Place($by: OrganizationRef!) {
  organization(by: $by) { id slug name keyVersion keyHandshake }
}
"""
_OWN_PLACE = """
query OwnPlace { viewer { organization { id slug name keyVersion keyHandshake } } }
"""
_PENDING = """
query Pending($by: OrganizationRef!, $after: String, $filter: PendingConfirmationFilter) {
  organization(by: $by) {
    id slug name keyVersion keyHandshake
    pendingConfirmations(first: 100, after: $after, filter: $filter) {
      nodes {
        reason publicKey publicKeyThumbprint publicKeyFingerprint
        member { id scimId email userName version source }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
_IN_GROUP = """
query InGroup($by: OrganizationRef!, $after: String, $group: ID!) {
  organization(by: $by) {
    pendingConfirmations(first: 100, after: $after, filter: {groupId: $group}) {
      nodes { member { id } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
_GROUP = """
query Group($by: OrganizationRef!, $name: String!) {
  organization(by: $by) { group(by: {displayName: $name}) { id } }
}
"""
_MEMBER = """
query Member($by: OrganizationRef!, $email: String!) {
  organization(by: $by) { member(by: {email: $email}) { id email status keyState } }
}
"""
_CONFIRM = """
mutation Confirm($input: BulkConfirmMembersInput!) {
  bulkConfirmMembers(input: $input) {
    results { memberId changed errors { code message } }
    errors { code message }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """The organization that is worked in."""

    id: str
    slug: str
    name: str
    key_version: int
    hands_over_key: bool

    @classmethod
    def of(cls, row: dict[str, Any]) -> Place:
        """Read from an answer."""
        required = row["keyHandshake"] == "REQUIRED"
        return cls(row["id"], row["slug"], row["name"], row["keyVersion"], required)

    @property
    def uuid(self) -> UUID:
        """The UUID in its id, which is `org_` and base32."""
        encoded = self.id.removeprefix("org_").upper()
        return UUID(bytes=b32decode(encoded + "=" * (-len(encoded) % 8)))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits; `reason` is ACCEPTED or REWRAP."""

    id: str
    uuid: UUID
    label: str
    email: str | None
    version: int
    source: str
    reason: str
    public_key: Mapping[str, Any] | None
    thumbprint: str | None
    fingerprint: str | None

    @classmethod
    def of(cls, node: dict[str, Any]) -> Waiting:
        """Read from an answer."""
        member = node["member"]
        return cls(
            member["id"],
            UUID(member["scimId"]),
            member["email"] or member["userName"],
            member["email"],
            member["version"],
            member["source"],
            node["reason"],
            node["publicKey"],
            node["publicKeyThumbprint"],
            node["publicKeyFingerprint"],
        )

    def proven_key(self) -> ECKey:
        """The key to wrap for: thumbprint and phrase are computed here, not believed.

        Raises RemoteError when the server says otherwise.
        """
        try:
            key = read_public_key(self.public_key)
        except NotOurForm as error:
            raise RemoteError(f"the public key {error}") from None
        words = member_fingerprint(str(key.kid), self.uuid)
        if (key.kid, words) != (self.thumbprint, self.fingerprint):
            raise RemoteError(
                "the server's thumbprint or phrase does not belong to the public key it sent"
            )
        return key


@dataclass(frozen=True, slots=True)
class Page:
    """Some who wait, with the organization as it was then."""

    place: Place
    waiting: Sequence[Waiting]


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a member: None for one that is gone."""

    status: str | None
    key_state: str | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing is left to confirm."""
        return self.status == "CONFIRMED" and self.key_state in {None, "CURRENT"}


class WorkList:
    """The list of one organization."""

    def __init__(self, server: RemoteServer, place: Place) -> None:
        self.server = server
        self.place = place
        self._by = {"id": place.id}

    async def pages(
        self, email: str | None = None, *, reason: str | None = None
    ) -> AsyncIterator[Page]:
        """All who wait, oldest first; only for that reason, or whose address begins so."""
        after = None
        search = {"search": email, "reason": reason}
        while True:
            answer = await self.server.ask(_PENDING, by=self._by, after=after, filter=search)
            organization = _expect(answer["organization"])
            listed = organization["pendingConfirmations"]
            yield Page(Place.of(organization), [Waiting.of(node) for node in listed["nodes"]])
            if not listed["pageInfo"]["hasNextPage"]:
                return
            after = listed["pageInfo"]["endCursor"]

    async def ids_in_group(self, name: str) -> set[str] | None:
        """Who of those who wait are in the group of that name; None where there is no such one."""
        answer = await self.server.ask(_GROUP, by=self._by, name=name)
        group = _expect(answer["organization"])["group"]
        if group is None:
            return None
        found: set[str] = set()
        after = None
        while True:
            answer = await self.server.ask(_IN_GROUP, by=self._by, after=after, group=group["id"])
            listed = _expect(answer["organization"])["pendingConfirmations"]
            found |= {node["member"]["id"] for node in listed["nodes"]}
            if not listed["pageInfo"]["hasNextPage"]:
                return found
            after = listed["pageInfo"]["endCursor"]

    async def standing_of(self, email: str) -> tuple[str | None, Standing]:
        """Id and standing of the member with that address."""
        answer = await self.server.ask(_MEMBER, by=self._by, email=email)
        member = _expect(answer["organization"])["member"]
        if member is None:
            return None, Standing(None)
        return member["id"], Standing(member["status"], member["keyState"])

    async def standings(self, ids: Iterable[str]) -> dict[str, Standing]:
        """What became of members, by id."""
        found: dict[str, Standing] = {}
        left = iter(ids)
        while some := list(islice(left, ROOT_FIELDS)):
            names = [f"m{n}" for n in range(len(some))]
            heads = ", ".join(f"${name}: ID!" for name in names)
            fields = " ".join(
                f"{name}: node(id: ${name}) {{ ... on Member {{ status keyState }} }}"
                for name in names
            )
            answer = await self.server.ask(
                f"query Standings({heads}) {{ {fields} }}", **dict(zip(names, some, strict=True))
            )
            for name, id_ in zip(names, some, strict=True):
                row = answer[name]
                found[id_] = Standing(row["status"], row["keyState"]) if row else Standing(None)
        return found

    async def confirm(self, members: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The result of each, in their order. Raises Refused, Unreachable, RemoteError."""
        given = {"organizationId": self.place.id, "members": list(members)}
        payload = await self.server.do(_CONFIRM, input=given)
        results: list[dict[str, Any]] = payload["results"]
        return results


async def find_place(server: RemoteServer, named: str | None) -> Place:
    """The organization of that id or slug; the caller's own without. Raises RemoteError."""
    if named is None:
        found = (await server.ask(_OWN_PLACE))["viewer"]["organization"]
        if found is None:
            raise RemoteError("Say which organization: --organization ID-OR-SLUG.")
        return Place.of(found)
    by = {"id": named} if named.startswith("org_") else {"slug": named}
    found = (await server.ask(_PLACE, by=by))["organization"]
    if found is None:
        raise RemoteError(f"There is no organization {named} that you may see.")
    return Place.of(found)


def _expect(organization: Any) -> dict[str, Any]:
    if organization is None:
        raise RemoteError("The organization is gone, or you may not see it any more.")
    found: dict[str, Any] = organization
    return found
