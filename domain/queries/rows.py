"""What reads return: frozen rows, one type for each thing that is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, make_dataclass
from datetime import datetime
from typing import Any

from domain.ids import UUID
from domain.model.deprovision_guard import DeprovisionLimit, GuardSettings
from domain.model.scim_connection import ScimSettings
from domain.model.workload_identity import WorkloadIdentity
from domain.store.member_rows import GroupReference
from domain.vocabulary import (
    CredentialKind,
    IdentityProvider,
    MemberRole,
    MemberStatus,
    OnProvision,
    ProvisioningSource,
    Stage,
)


def twin_of(row: type[Any]) -> Any:
    """A class of the same slots that is not frozen, to make many rows of.

    An instance becomes a row by assigning its `__class__`, at a fifth of what the constructor of a
    frozen class costs, which sets each attribute by a call.
    """
    return make_dataclass(
        row.__name__, [(each.name, each.type or Any) for each in fields(row)], slots=True
    )


_STATUSES = {stage: MemberStatus(stage.value) for stage in Stage}


@dataclass(frozen=True, slots=True)
class MemberReference:
    """A member as a group shows it."""

    id: UUID
    display: str | None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as read; `groups` is None unless they were asked for."""

    organization_id: UUID
    id: UUID
    user_name: str
    email: str | None
    external_id: str | None
    display_name: str | None
    given_name: str | None
    family_name: str | None
    profile: dict[str, Any]
    role: MemberRole
    permissions: tuple[str, ...]
    stage: Stage
    revoked_at: datetime | None
    revocation_reason: str | None
    account_id: UUID | None
    source: ProvisioningSource
    created_at: datetime
    updated_at: datetime
    invited_at: datetime | None
    accepted_at: datetime | None
    confirmed_at: datetime | None
    wrapped_key_version: int
    wrapped_key_kid: str | None
    version: int
    groups: tuple[GroupReference, ...] | None = None

    @property
    def status(self) -> MemberStatus:
        """REVOKED while revoked, else the stage."""
        return MemberStatus.REVOKED if self.revoked_at is not None else _STATUSES[self.stage]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as read, without its members."""

    organization_id: UUID
    id: UUID
    display_name: str
    external_id: str | None
    source: ProvisioningSource
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMember(MemberRow):
    """A member as it was after the event at `position`, which happened at `moment` or before.

    `account_id` is not told by the history and always None.
    """

    position: int
    moment: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastGroup(GroupRow):
    """A group as it was after the event at `position`, which happened at `moment` or before.

    `last_change` is the sequence of the last change of its members until then, 0 for none.
    """

    position: int
    moment: datetime
    last_change: int


@dataclass(frozen=True, slots=True)
class ScimCredentialRow:
    """A SCIM client's credential with the endpoint that it opens.

    A workload identity has `identity` and no secret, the others have it the other way round.
    """

    organization_id: UUID
    credential_id: UUID
    connection_id: UUID
    kind: CredentialKind
    enabled: bool
    secret_hash: bytes | None = field(repr=False)
    expires_at: datetime | None
    revoked_at: datetime | None
    provider: IdentityProvider | None
    settings: ScimSettings
    guard: GuardSettings
    identity: WorkloadIdentity | None = None

    def works(self, now: datetime) -> bool:
        """Whether the credential is in force, and with it all that was had by it."""
        ended = self.expires_at is not None and self.expires_at <= now
        return self.enabled and self.revoked_at is None and not ended

    @property
    def limit(self) -> DeprovisionLimit | None:
        """What the endpoint may take away within an hour; None where the guard is off."""
        if not self.guard.enabled:
            return None
        return DeprovisionLimit(self.connection_id, self.guard.max_members, self.guard.max_percent)

    @property
    def on_provision(self) -> OnProvision:
        """What a newly provisioned person gets."""
        return self.settings.on_provision


@dataclass(frozen=True, slots=True)
class AccessTokenRow:
    """An access token as authentication and the admin API read it."""

    id: UUID
    organization_id: UUID | None
    name: str
    secret_hash: bytes = field(repr=False)
    hint: str
    scopes: tuple[str, ...]
    created_by_kind: str
    created_by_id: UUID | None
    created_by_label: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
