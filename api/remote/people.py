"""The person who runs a command, as the server knows them: account, keys and memberships."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from joserfc.jwk import ECKey

from api.remote.errors import RemoteError
from api.remote.server import RemoteServer
from domain.keys.account_keys import public_jwk, read_public_key, unlock
from domain.keys.compact import CannotOpen, NotOurForm
from domain.keys.fingerprint import member_fingerprint
from domain.keys.organization_key import OrganizationKey, new_organization_key, unwrap, wrap

_PERSON = """
query Person {
  viewer {
    account {
      id email name publicKey encryptedPrivateKey
      memberships {
        organizationId organizationUuid organizationName organizationSlug memberId memberUuid
        status role keyHandshake keyVersion keyState wrappedOrganizationKey
      }
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class OwnMembership:
    """What a person is in one organization, and the organization's key wrapped for them."""

    organization_id: str
    organization_uuid: UUID
    name: str
    slug: str
    member_id: str
    member_uuid: UUID
    status: str
    role: str
    key_handshake: str
    key_version: int
    key_state: str | None
    wrapped_key: str | None

    @classmethod
    def of(cls, row: dict[str, Any]) -> OwnMembership:
        """Read from an answer."""
        return cls(
            row["organizationId"],
            UUID(row["organizationUuid"]),
            row["organizationName"],
            row["organizationSlug"],
            row["memberId"],
            UUID(row["memberUuid"]),
            row["status"],
            row["role"],
            row["keyHandshake"],
            row["keyVersion"],
            row["keyState"],
            row["wrappedOrganizationKey"],
        )

    def open_key(self, pair: ECKey) -> OrganizationKey:
        """The organization key. Raises RemoteError that says why there is none."""
        if self.wrapped_key is None:
            raise RemoteError(self._why_no_key())
        try:
            key = unwrap(self.wrapped_key, pair, self.organization_uuid)
        except (CannotOpen, NotOurForm):
            raise RemoteError(
                f"Your copy of the key of {self.name} was wrapped for another key pair than you"
                " have now. An administrator wraps it again: rollcall confirm."
            ) from None
        if key.version != self.key_version:
            raise RemoteError(
                f"{self.name} has version {self.key_version} of its key by now, and your copy is"
                f" version {key.version}. An administrator wraps it again: rollcall confirm."
            )
        return key

    def next_key(self, public_key: ECKey, pair: ECKey) -> tuple[OrganizationKey, dict[str, Any]]:
        """The organization's next key, and what a mutation takes of it, wrapped for its maker.

        Raises RemoteError when `pair` does not open what is wrapped for `public_key`.
        """
        made = new_organization_key(self.organization_uuid, self.key_version + 1)
        wrapped = wrap(made, public_key)
        # Who cannot open what is wrapped for them would lock everybody out.
        if unwrap(wrapped, pair, self.organization_uuid) != made:
            raise RemoteError("The key could not be opened again. Nothing was sent.")
        return made, {
            "organizationId": self.organization_id,
            "wrappedOrganizationKey": wrapped,
            "expectedKeyVersion": self.key_version,
        }

    def _why_no_key(self) -> str:
        if self.key_handshake != "REQUIRED":
            return f"{self.name} hands no key to its members."
        if self.key_version == 0:
            return f"{self.name} has no key yet. An owner makes it: rollcall key create."
        if self.status != "CONFIRMED":
            return f"You are {self.status} in {self.name}: an administrator must confirm you first."
        return f"The key of {self.name} was not wrapped for you yet: rollcall confirm does that."


@dataclass(frozen=True, slots=True)
class Person:
    """An account with its keys; `public_key` and `locked_key` are None before `key setup`."""

    email: str
    public_key: ECKey | None
    locked_key: str | None
    memberships: tuple[OwnMembership, ...]

    def membership(self, named: str | None) -> OwnMembership:
        """In that organization, by id or slug, or the only one. Raises RemoteError.

        Without a name a confirmed membership comes before those that are none yet.
        """
        confirmed = [each for each in self.memberships if each.status == "CONFIRMED"]
        found = (confirmed or self.memberships) if named is None else self._named(named)
        if len(found) == 1:
            return found[0]
        yours = ", ".join(each.slug for each in self.memberships) or "none"
        if named is not None:
            raise RemoteError(f"You are no member of {named}. Your organizations: {yours}.")
        raise RemoteError(f"Say which organization: --organization. Yours: {yours}.")

    def _named(self, named: str) -> list[OwnMembership]:
        return [
            each
            for each in self.memberships
            if named in {each.organization_id, each.slug, str(each.organization_uuid)}
        ]

    def unlock(self, passphrase: str) -> ECKey:
        """The key pair. Raises RemoteError when the passphrase is another."""
        self.expect_keys()
        try:
            return unlock(self.locked_key or "", passphrase)
        except CannotOpen:
            raise RemoteError(f"This is not the passphrase of {self.email}.") from None
        except NotOurForm as error:
            raise RemoteError(f"The private key of {self.email} {error}.") from None

    def expect_keys(self) -> ECKey:
        """The public key. Raises RemoteError where there is none."""
        if self.public_key is None or self.locked_key is None:
            raise RemoteError(f"{self.email} has no key pair yet. Make one: rollcall key setup.")
        return self.public_key

    def phrase(self, membership: OwnMembership) -> str | None:
        """The six words of the person's own key in an organization."""
        if self.public_key is None:
            return None
        return member_fingerprint(str(self.public_key.kid), membership.member_uuid)


async def read_person(server: RemoteServer) -> Person:
    """Whose session it is. Raises RemoteError where no person calls."""
    account = (await server.ask(_PERSON))["viewer"]["account"]
    if account is None:
        raise RemoteError(
            "An access token is nobody's: this needs a person. Sign in: rollcall sign-in."
        )
    return Person(
        account["email"],
        _public_key(account["publicKey"]),
        account["encryptedPrivateKey"],
        tuple(_memberships(account["memberships"])),
    )


def new_keys_input(pair: ECKey, locked: str) -> dict[str, Any]:
    """A key pair as mutations take it."""
    return {"publicKey": public_jwk(pair), "encryptedPrivateKey": locked}


def _memberships(rows: Iterable[dict[str, Any]]) -> Iterable[OwnMembership]:
    return (OwnMembership.of(row) for row in rows)


def _public_key(jwk: object) -> ECKey | None:
    try:
        return None if jwk is None else read_public_key(jwk)
    except NotOurForm as error:
        raise RemoteError(f"The server's copy of your public key {error}.") from None
