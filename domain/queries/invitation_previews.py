"""What the holder of an invitation's link sees of it before accepting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain.ids import UUID
from domain.queries.organizations import OrganizationRow, organizations_by_id
from domain.reach import reaching
from domain.store.account_rows import find_account
from domain.store.invitation_rows import find_invitation
from domain.vocabulary import InvitationState, LinkProblem

if TYPE_CHECKING:
    from domain.queries.reader import Reader
    from domain.store.invitation_links import InvitationPolicy

_OPEN = frozenset({InvitationState.QUEUED, InvitationState.SENT})


@dataclass(frozen=True, slots=True)
class InvitationPreviewRow:
    """An invitation as its link shows it; `problem` says why the link does not work."""

    organization: OrganizationRow
    state: InvitationState
    problem: LinkProblem | None
    email: str
    name: str | None
    expires_at: datetime
    account_exists: bool
    account_has_keys: bool


async def preview_invitation(
    reader: Reader,
    policy: InvitationPolicy,
    token: str,
    *,
    account_id: UUID | None,
    now: datetime,
) -> InvitationPreviewRow | None:
    """The invitation of a link, whatever became of it, to who is signed in to `account_id`.

    None where the token opens none, as after the member was removed. Three statements.
    """
    with reaching(None):  # found by its secret, which names its organization
        found = await find_invitation(reader.source, policy, token)
    if found is None:
        return None
    account = await find_account(reader.source, found.email)
    organizations = await organizations_by_id(reader, [found.organization_id])
    problem = found.problem(now)
    if problem is None and account_id is not None:
        is_other = account is None or account.id != account_id
        problem = LinkProblem.WRONG_ACCOUNT if is_other else None
    is_over = found.state in _OPEN and found.expires_at <= now
    return InvitationPreviewRow(
        organization=organizations[found.organization_id],
        state=InvitationState.EXPIRED if is_over else found.state,
        problem=problem,
        email=found.email,
        name=found.name if problem is None else None,
        expires_at=found.expires_at,
        account_exists=account is not None,
        account_has_keys=account is not None and account.has_keys,
    )
