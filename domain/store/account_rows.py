"""Accounts and their memberships: found by address, made where missing, linked to members."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.folding import folded_key
from domain.ids import UUID, new_id
from domain.model.account import AccountMembershipTable, AccountTable
from domain.store.statement import INSTANT, KEY, TEXT, UUID_TYPE, Statement, parameter

if TYPE_CHECKING:
    from datetime import datetime

ACCOUNTS: Any = AccountTable.__table__  # type: ignore[attr-defined]
ACCOUNT_MEMBERSHIPS: Any = AccountMembershipTable.__table__  # type: ignore[attr-defined]

_ACCOUNT = parameter("account_id", UUID_TYPE)
_ORGANIZATION = parameter("organization_id", UUID_TYPE)
_MEMBER = parameter("member_id", UUID_TYPE)
_NOW = parameter("now", INSTANT)
_BY_EMAIL = Statement(
    select(ACCOUNTS.c["id", "email", "display_name", "public_key"]).where(
        ACCOUNTS.c.email_key == parameter("email_key", KEY)
    )
)
_ENSURE = Statement(
    insert(ACCOUNTS)
    .from_select(
        ["id", "email", "email_key", "display_name", "created_at", "updated_at"],
        select(
            parameter("id", UUID_TYPE),
            parameter("email", TEXT),
            parameter("email_key", KEY),
            parameter("display_name", TEXT),
            _NOW,
            _NOW,
        ),
    )
    # Writes nothing new, but waits for whoever makes the same account and returns its row.
    .on_conflict_do_update(
        index_elements=[ACCOUNTS.c.email_key], set_={"email_key": ACCOUNTS.c.email_key}
    )
    .returning(ACCOUNTS.c.id)
)
_CREATED = [
    "id",
    "email",
    "email_key",
    "display_name",
    "public_key",
    "encrypted_private_key",
]
_CREATE = Statement(
    insert(ACCOUNTS)
    .from_select(
        [*_CREATED, "created_at", "updated_at"],
        select(*(parameter(name, ACCOUNTS.c[name].type) for name in _CREATED), _NOW, _NOW),
    )
    .on_conflict_do_nothing(index_elements=[ACCOUNTS.c.email_key])
    .returning(ACCOUNTS.c.id)
)
_GIVE_KEYS = Statement(
    update(ACCOUNTS)
    .where(ACCOUNTS.c.id == _ACCOUNT, ACCOUNTS.c.public_key.is_(None))
    .values(
        public_key=parameter("public_key", ACCOUNTS.c.public_key.type),
        encrypted_private_key=parameter("encrypted_private_key", TEXT),
        updated_at=_NOW,
    )
    .returning(ACCOUNTS.c.id)
)
_LINK_COLUMNS = ["account_id", "organization_id", "member_id", "accepted_at", "sso_at"]
_SSO_AT = parameter("sso_at", INSTANT)
_LINK = Statement(
    insert(ACCOUNT_MEMBERSHIPS)
    .from_select(_LINK_COLUMNS, select(_ACCOUNT, _ORGANIZATION, _MEMBER, _NOW, _SSO_AT))
    .on_conflict_do_update(
        index_elements=[ACCOUNT_MEMBERSHIPS.c.account_id, ACCOUNT_MEMBERSHIPS.c.organization_id],
        set_={"member_id": _MEMBER, "accepted_at": _NOW, "sso_at": _SSO_AT},
    )
)
_UNLINK = Statement(
    delete(ACCOUNT_MEMBERSHIPS).where(
        ACCOUNT_MEMBERSHIPS.c.account_id == _ACCOUNT,
        ACCOUNT_MEMBERSHIPS.c.organization_id == _ORGANIZATION,
        ACCOUNT_MEMBERSHIPS.c.member_id == _MEMBER,
    )
)
_MEMBERSHIPS = Statement(
    select(ACCOUNT_MEMBERSHIPS)
    .where(ACCOUNT_MEMBERSHIPS.c.account_id == _ACCOUNT)
    .order_by(ACCOUNT_MEMBERSHIPS.c.accepted_at, ACCOUNT_MEMBERSHIPS.c.organization_id)
)


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account as it is found by its address."""

    id: UUID
    email: str
    display_name: str | None
    has_keys: bool


@dataclass(frozen=True, slots=True)
class AccountMembership:
    """Of which organization a person is a member, and as which member."""

    account_id: UUID
    organization_id: UUID
    member_id: UUID
    accepted_at: datetime
    sso_at: datetime | None


async def find_account(connection: Any, email: str) -> KnownAccount | None:
    """The account of an address in any spelling, or None. Raises Invalid("email") if too long."""
    row = await _BY_EMAIL.fetch_row(connection, email_key=folded_key("email", email))
    if row is None:
        return None
    return KnownAccount(row["id"], row["email"], row["display_name"], row["public_key"] is not None)


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """A key pair as an account holds it: the public JWK, the private one locked."""

    public: dict[str, Any]
    encrypted_private: str = field(repr=False)


async def create_account(
    connection: Any,
    *,
    email: str,
    display_name: str | None,
    keys: AccountKeys | None,
    now: datetime,
) -> UUID | None:
    """A new account of a proven address; None where the address has one by now."""
    created: UUID | None = await _CREATE.fetch_value(
        connection,
        id=new_id(),
        email=email,
        email_key=folded_key("email", email),
        display_name=display_name,
        public_key=None if keys is None else keys.public,
        encrypted_private_key=None if keys is None else keys.encrypted_private,
        now=now,
    )
    return created


async def give_keys(connection: Any, account_id: UUID, keys: AccountKeys, now: datetime) -> bool:
    """Give an account its first key pair; False where it has one."""
    given = await _GIVE_KEYS.fetch_value(
        connection,
        account_id=account_id,
        public_key=keys.public,
        encrypted_private_key=keys.encrypted_private,
        now=now,
    )
    return given is not None


async def ensure_account(
    connection: Any, *, email: str, display_name: str | None, now: datetime
) -> UUID:
    """The account of a proven address, made where there is none; an existing one keeps its name."""
    account_id: UUID = await _ENSURE.fetch_value(
        connection,
        id=new_id(),
        email=email,
        email_key=folded_key("email", email),
        display_name=display_name,
        now=now,
    )
    return account_id


async def link_member(
    connection: Any,
    account_id: UUID,
    *,
    organization_id: UUID,
    member_id: UUID,
    now: datetime,
    sso_at: datetime | None = None,
) -> None:
    """Note that the person is that member, in place of any earlier member of the organization."""
    await _LINK.fetch(
        connection,
        account_id=account_id,
        organization_id=organization_id,
        member_id=member_id,
        now=now,
        sso_at=sso_at,
    )


async def unlink_member(
    connection: Any, account_id: UUID, *, organization_id: UUID, member_id: UUID
) -> None:
    """Forget that the person is that member, whose row goes in the same transaction."""
    await _UNLINK.fetch(
        connection, account_id=account_id, organization_id=organization_id, member_id=member_id
    )


async def organizations_of(connection: Any, account_id: UUID) -> frozenset[UUID]:
    """The ids of a person's organizations, those included in which they are revoked."""
    return frozenset(each.organization_id for each in await memberships_of(connection, account_id))


async def memberships_of(connection: Any, account_id: UUID) -> list[AccountMembership]:
    """The organizations of a person, in the order in which they were joined."""
    rows = await _MEMBERSHIPS.fetch(connection, account_id=account_id)
    return [AccountMembership(**row) for row in rows]
