"""Who is calling, by which way, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from domain.errors import Forbidden, MissingScope
from domain.ids import UUID, new_id
from domain.vocabulary import ActorKind, MemberRole, Origin, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

ALL_SCOPES = frozenset(Scope)
NO_ORGANIZATION = UUID(int=0)
"""The reach of who has none: nobody in particular, and a person who acts in no organization."""
_AT_THE_MACHINE = frozenset({Origin.CLI, Origin.SYSTEM})
_RANK = {MemberRole.USER: 0, MemberRole.CUSTOM: 1, MemberRole.ADMIN: 2, MemberRole.OWNER: 3}


def scopes_of(role: MemberRole, permissions: Iterable[Scope] = ()) -> frozenset[Scope]:
    """What a confirmed member of that role may do; `permissions` count for CUSTOM alone."""
    match role:
        case MemberRole.OWNER:
            return ALL_SCOPES
        case MemberRole.ADMIN:
            return ALL_SCOPES - {Scope.ORGANIZATION_WRITE}
        case MemberRole.CUSTOM:
            return frozenset(permissions)
        case MemberRole.USER:
            return frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something; `label` is a snapshot that survives the actor."""

    kind: ActorKind
    id: UUID | None
    label: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever calls, in one request.

    `organization_id` None means every organization, NO_ORGANIZATION none. `role` is the rank that
    decides on whom the caller may act; `member_id` is set where the caller is a member and so may
    not act on itself. Of a person with a session, `account_id` and `session_id` are set, and
    `sso_organization_id` where that organization's own OIDC provider vouched for the session.
    """

    actor: Actor
    origin: Origin
    organization_id: UUID | None
    scopes: frozenset[Scope] = ALL_SCOPES
    role: MemberRole = MemberRole.OWNER
    member_id: UUID | None = None
    account_id: UUID | None = None
    session_id: UUID | None = None
    sso_organization_id: UUID | None = None
    ip: str | None = None
    request_id: UUID = field(default_factory=new_id)
    correlation_id: UUID = field(default_factory=new_id)

    @property
    def is_at_the_machine(self) -> bool:
        """Whether the caller may have the server ask itself, as nobody far away may."""
        return self.origin in _AT_THE_MACHINE

    def may_see(self, organization_id: UUID) -> bool:
        """Whether the organization is within the caller's reach."""
        return self.organization_id is None or self.organization_id == organization_id

    def require(self, scope: Scope) -> None:
        """Raise MissingScope unless the caller holds `scope`."""
        if scope not in self.scopes:
            raise MissingScope(scope)

    def require_every_organization(self) -> None:
        """Raise Forbidden for whoever reaches only one organization, or none."""
        if self.organization_id is not None:
            raise Forbidden("This is for whoever operates the server.")

    def require_rank_over(self, role: MemberRole) -> None:
        """Raise Forbidden when the target, who has `role`, outranks the caller.

        Owners act on everyone, admins on all but owners, custom callers on custom and plain users.
        """
        if self._is_outranked_by(role):
            raise Forbidden(f"A member with role {role} outranks you; ask a member of that role.")

    def require_grantable(self, role: MemberRole, permissions: Iterable[Scope] = ()) -> None:
        """Raise Forbidden when the role, with these permissions, may do more than the caller."""
        if self._is_outranked_by(role):
            raise Forbidden(f"The role {role} outranks you; ask a member who has it.", "role")
        attribute = "permissions" if role is MemberRole.CUSTOM else "role"
        self.require_held(scopes_of(role, permissions), attribute)

    def require_held(self, scopes: Iterable[Scope], attribute: str = "scopes") -> None:
        """Raise Forbidden when the caller would pass on a scope that it does not hold."""
        missing = sorted(frozenset(scopes) - self.scopes)
        if missing:
            told = f"You cannot grant {', '.join(missing)}, which you do not hold."
            raise Forbidden(told, attribute)

    def _is_outranked_by(self, role: MemberRole) -> bool:
        return _RANK[role] > _RANK[self.role]

    def for_command(self) -> Caller:
        """The same caller with a correlation id of its own for one more command."""
        return replace(self, correlation_id=new_id())


def nobody(ip: str | None = None) -> Caller:
    """Who presents nothing: reaches no organization and may do nothing that needs a right."""
    return Caller(
        actor=Actor(ActorKind.ACCOUNT, None, "someone who is not signed in"),
        origin=Origin.CONSOLE,
        organization_id=NO_ORGANIZATION,
        scopes=frozenset(),
        role=MemberRole.USER,
        ip=ip,
    )


def system_caller(name: str, origin: Origin = Origin.SYSTEM) -> Caller:
    """A caller for the server's own work, and for whoever operates the machine."""
    return Caller(
        actor=Actor(ActorKind.SYSTEM_PROCESS, None, name), origin=origin, organization_id=None
    )
