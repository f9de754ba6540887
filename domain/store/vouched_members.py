"""The member of an organization for whose address its OpenID provider vouches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from domain.folding import folded_key
from domain.ids import UUID
from domain.store.account_rows import ACCOUNT_MEMBERSHIPS, ACCOUNTS
from domain.store.member_rows import MEMBERS
from domain.store.statement import INSTANT, KEY, UUID_TYPE, Statement, parameter
from domain.vocabulary import Stage

if TYPE_CHECKING:
    from datetime import datetime

_ORGANIZATION = parameter("organization_id", UUID_TYPE)
_EMAIL_KEY = parameter("email_key", KEY)
_INVITED = (
    MEMBERS.c.organization_id == _ORGANIZATION,
    MEMBERS.c.revoked_at.is_(None),
    MEMBERS.c.stage != Stage.STAGED.value,
)
_COLUMNS = MEMBERS.c["email", "display_name", "account_id"]
_BY_EMAIL = Statement(select(*_COLUMNS).where(*_INVITED, MEMBERS.c.email_key == _EMAIL_KEY))
_ACCOUNT = Statement(select(ACCOUNTS.c.id).where(ACCOUNTS.c.email_key == _EMAIL_KEY))
_BY_ACCOUNT = Statement(
    select(*_COLUMNS).where(*_INVITED, MEMBERS.c.account_id == parameter("account_id", UUID_TYPE))
)
_NOTE = Statement(
    update(ACCOUNT_MEMBERSHIPS)
    .where(
        ACCOUNT_MEMBERSHIPS.c.account_id == parameter("account_id", UUID_TYPE),
        ACCOUNT_MEMBERSHIPS.c.organization_id == _ORGANIZATION,
    )
    .values(sso_at=parameter("now", INSTANT))
)


@dataclass(frozen=True, slots=True)
class VouchedMember:
    """A member who may sign in; `account_id` None until they accept their invitation."""

    email: str
    display_name: str | None
    account_id: UUID | None


async def find_vouched_member(
    connection: Any, organization_id: UUID, email: str
) -> VouchedMember | None:
    """The member with that address in the organization, else the one whose account has it.

    None for who was never invited, or lost access. Raises Invalid for an address too long.
    """
    email_key = folded_key("email", email)
    row = await _BY_EMAIL.fetch_row(
        connection, organization_id=organization_id, email_key=email_key
    )
    if row is None:
        # The directory may have another address by now than the person signs in with.
        account_id = await _ACCOUNT.fetch_value(connection, email_key=email_key)
        if account_id is not None:
            row = await _BY_ACCOUNT.fetch_row(
                connection, organization_id=organization_id, account_id=account_id
            )
    return None if row is None else VouchedMember(**row)


async def note_single_sign_on(
    connection: Any, account_id: UUID, organization_id: UUID, now: datetime
) -> None:
    """Note on the membership, where there is one, that the person came by single sign-on."""
    await _NOTE.fetch(connection, account_id=account_id, organization_id=organization_id, now=now)
