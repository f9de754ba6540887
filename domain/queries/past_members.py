"""Members as they were: each is told anew from the events of its own history."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from domain.model.lifecycle import LIFECYCLE
from domain.model.member_keys import KEY_REPLACED, KEY_WRAPPED
from domain.queries.moments import find_by_name
from domain.queries.rows import PastMember
from domain.store.audit_texts import PROFILE, profile_value
from domain.store.released_names import EMAIL, MEMBER_EXTERNAL_ID, USER_NAME
from domain.vocabulary import MemberAction, MemberRole, ProvisioningSource, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.ids import UUID
    from domain.queries.moments import Moment
    from domain.queries.reader import Reader

_HISTORIES = """
SELECT subject_id, action, changes, recorded_at FROM audit_events
WHERE organization_id = $1 AND subject_id = ANY($2) AND position <= $3
ORDER BY subject_id, position
"""
_STEPS = {action: row.audit_action for action, row in LIFECYCLE.items()}
_REMOVED = _STEPS[MemberAction.REMOVE]
_CREATING = {_STEPS[MemberAction.STAGE], _STEPS[MemberAction.INVITE]}
# Each of these is a new version of the member; other events only tell of it.
_VERSIONS = set(_STEPS.values()) - {_REMOVED} | {KEY_WRAPPED, KEY_REPLACED}
_INSTANTS = {
    _STEPS[MemberAction.INVITE]: "invitedAt",
    _STEPS[MemberAction.REINVITE]: "invitedAt",
    _STEPS[MemberAction.ACCEPT]: "acceptedAt",
    _STEPS[MemberAction.CONFIRM]: "confirmedAt",
}


class _Life:
    """A member between two events of its history."""

    __slots__ = ("created_at", "facts", "instants", "updated_at", "version")

    def __init__(self, created_at: datetime) -> None:
        self.facts: dict[str, str] = {}
        self.instants: dict[str, datetime] = {}
        self.created_at = self.updated_at = created_at
        self.version = 0

    def goes_on(self, action: str, changes: list[dict[str, Any]], recorded_at: datetime) -> None:
        """What an event did."""
        for change in changes:
            if change["after"] is None:
                self.facts.pop(change["attribute"], None)
            else:
                self.facts[change["attribute"]] = change["after"]
        if action in _VERSIONS:
            self.version += 1
            self.updated_at = recorded_at
        if action in _INSTANTS:
            self.instants[_INSTANTS[action]] = recorded_at
        elif action == _STEPS[MemberAction.RESTORE] and self.facts["stage"] == Stage.INVITED:
            self.instants["invitedAt"] = recorded_at  # a fresh invitation


def _member(organization_id: UUID, id_: UUID, life: _Life, moment: Moment) -> PastMember:
    facts, instants = life.facts, life.instants
    revoked = facts.get("revokedAt")
    return PastMember(
        organization_id=organization_id,
        id=id_,
        user_name=facts["userName"],
        email=facts.get("email"),
        external_id=facts.get("externalId"),
        display_name=facts.get("displayName"),
        given_name=facts.get("givenName"),
        family_name=facts.get("familyName"),
        profile={
            name.removeprefix(PROFILE): profile_value(text)
            for name, text in facts.items()
            if name.startswith(PROFILE)
        },
        role=MemberRole(facts.get("role", MemberRole.USER)),
        permissions=tuple(orjson.loads(facts.get("permissions", "[]"))),
        stage=Stage(facts["stage"]),
        revoked_at=datetime.fromisoformat(revoked) if revoked is not None else None,
        revocation_reason=facts.get("revocationReason"),
        account_id=None,
        source=ProvisioningSource(facts["source"]),
        created_at=life.created_at,
        updated_at=life.updated_at,
        invited_at=instants.get("invitedAt"),
        accepted_at=instants.get("acceptedAt"),
        confirmed_at=instants.get("confirmedAt"),
        wrapped_key_version=int(facts.get("wrappedKeyVersion", "0")),
        wrapped_key_kid=facts.get("wrappedKeyThumbprint"),
        version=life.version,
        position=moment.position,
        moment=moment.instant,
    )


async def members_as_of(
    reader: Reader, organization_id: UUID, ids: Sequence[UUID], moment: Moment
) -> dict[UUID, PastMember]:
    """Those of the members who were there then, by id; costs their events until then."""
    lives: dict[UUID, _Life] = {}
    rows = await reader.source.fetch(
        _HISTORIES, organization_id, list(dict.fromkeys(ids)), moment.position
    )
    for id_, action, changes, recorded_at in rows:
        if action == _REMOVED:
            lives.pop(id_, None)
        elif id_ in lives or action in _CREATING:
            life = lives.get(id_)
            if life is None:
                life = lives[id_] = _Life(recorded_at)
            life.goes_on(action, changes, recorded_at)
    return {id_: _member(organization_id, id_, life, moment) for id_, life in lives.items()}


async def find_member_as_of(
    reader: Reader,
    organization_id: UUID,
    moment: Moment,
    *,
    user_name: str | None = None,
    email: str | None = None,
    external_id: str | None = None,
) -> PastMember | None:
    """The member who had the one name that is given then; an e-mail is the member's main one."""
    names = (
        (USER_NAME, "user_name", user_name),
        (EMAIL, "email", email),
        (MEMBER_EXTERNAL_ID, "external_id", external_id),
    )
    return await find_by_name(reader, organization_id, moment, names, members_as_of)
