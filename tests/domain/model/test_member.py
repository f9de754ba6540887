"""Every rule of a member: what it returns, what it refuses, what stays as it was."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from domain.errors import Invalid, InvalidTransition
from domain.model.changes import Change
from domain.model.lifecycle import LIFECYCLE
from domain.model.member import Member, MemberEvent
from domain.vocabulary import (
    MemberAction,
    MemberRole,
    MemberStatus,
    ProvisioningSource,
    Scope,
    Stage,
)
from tests.domain.model.people import ACCOUNT, ANN, EARLIER, NOW, ORGANIZATION, ann, member

RULES: dict[MemberAction, Callable[[Member], MemberEvent | None]] = {
    MemberAction.INVITE: lambda found: found.invite(NOW),
    MemberAction.REINVITE: lambda found: found.reinvite(NOW),
    MemberAction.ACCEPT: lambda found: found.accept(ACCOUNT, NOW),
    MemberAction.CONFIRM: lambda found: found.confirm(NOW),
    MemberAction.REVOKE: lambda found: found.revoke(NOW),
    MemberAction.RESTORE: lambda found: found.restore(NOW),
}


@pytest.mark.parametrize("action", RULES)
@pytest.mark.parametrize("status", list(MemberStatus))
def test_rules_obey_the_table(action: MemberAction, status: MemberStatus) -> None:
    row, before = LIFECYCLE[action], member(status)

    if status in row.already:
        assert RULES[action](before) is None
    elif status not in row.allowed_from:
        with pytest.raises(InvalidTransition) as raised:
            RULES[action](before)
        assert (raised.value.from_status, raised.value.attempted) == (status, action)
    else:
        event = RULES[action](before)
        assert event is not None
        assert event.action == row.audit_action
        assert event.member.status is (row.to or MemberStatus(before.stage))
        assert (event.member.version, event.member.updated_at) == (8, NOW)
        assert event.member.created_at == EARLIER


def new(**given: object) -> dict[str, object]:
    return {
        "organization_id": ORGANIZATION,
        "member_id": ANN,
        "attributes": ann(display_name="Ann", profile={"title": "Dr", "nick": ["A"]}),
        "source": ProvisioningSource.CLI,
        "now": NOW,
    } | given


BORN = (
    Change("userName", None, "Ann"),
    Change("email", None, "Ann@Example.com"),
    Change("displayName", None, "Ann"),
    Change("profile.nick", None, ["A"]),
    Change("profile.title", None, "Dr"),
)


def test_staging() -> None:
    event = Member.stage_new(**new())  # type: ignore[arg-type]

    assert event.action == "member.staged"
    assert event.changes == (
        *BORN,
        Change("stage", None, Stage.STAGED),
        Change("source", None, ProvisioningSource.CLI),
    )
    assert (event.invites, event.cancels_invitations) == (False, False)
    born = event.member
    assert (born.status, born.version, born.occupies_seat) == (MemberStatus.STAGED, 1, False)
    assert (born.created_at, born.updated_at, born.staged_at) == (NOW, NOW, NOW)
    assert (born.invited_at, born.role) == (None, MemberRole.USER)


def test_staging_one_who_is_inactive() -> None:
    event = Member.stage_new(**new(revoked=True))  # type: ignore[arg-type]

    assert event.action == "member.staged"
    why = Change("revocationReason", None, "created inactive")
    assert event.changes[-2:] == (Change("revokedAt", None, NOW), why)
    assert (event.member.status, event.member.stage) == (MemberStatus.REVOKED, Stage.STAGED)
    assert event.member.revocation_reason == "created inactive"


def test_inviting_at_once() -> None:
    scopes = frozenset({Scope.MEMBERS_WRITE, Scope.GROUPS_READ})
    event = Member.invite_new(**new(role=MemberRole.CUSTOM, permissions=scopes))  # type: ignore[arg-type]

    assert event.action == "member.invited"
    assert event.changes == (
        *BORN,
        Change("stage", None, Stage.INVITED),
        Change("source", None, ProvisioningSource.CLI),
        Change("role", None, MemberRole.CUSTOM),
        Change("permissions", None, [Scope.GROUPS_READ, Scope.MEMBERS_WRITE]),
    )
    assert (event.invites, event.cancels_invitations) == (True, False)
    assert (event.member.status, event.member.invited_at) == (MemberStatus.INVITED, NOW)
    assert event.member.occupies_seat


def test_nobody_is_invited_without_an_address() -> None:
    why = "email is missing, and nobody can be invited without one."
    with pytest.raises(Invalid, match=why):
        Member.invite_new(**new(attributes=ann(email=None)))  # type: ignore[arg-type]
    with pytest.raises(Invalid, match=why):
        member(MemberStatus.STAGED, attributes=ann(email=None)).invite(NOW)


def test_inviting_one_who_was_staged() -> None:
    event = member(MemberStatus.STAGED).invite(NOW)

    assert event is not None
    assert event.changes == (Change("stage", Stage.STAGED, Stage.INVITED),)
    assert (event.invites, event.cancels_invitations) == (True, False)
    assert event.member.invited_at == NOW


def test_inviting_again() -> None:
    event = member().reinvite(NOW)

    assert event.changes == ()
    assert (event.invites, event.cancels_invitations) == (True, True)
    assert event.member.invited_at == NOW


def test_accepting() -> None:
    event = member().accept(ACCOUNT, NOW)

    assert event is not None
    assert event.changes == (Change("stage", Stage.INVITED, Stage.ACCEPTED),)
    assert (event.invites, event.cancels_invitations) == (False, True)
    assert (event.member.account_id, event.member.accepted_at) == (ACCOUNT, NOW)


def test_confirming() -> None:
    event = member(MemberStatus.ACCEPTED).confirm(NOW)

    assert event is not None
    assert event.changes == (Change("stage", Stage.ACCEPTED, Stage.CONFIRMED),)
    assert (event.invites, event.cancels_invitations) == (False, False)
    assert event.member.confirmed_at == NOW


@pytest.mark.parametrize("reason", [None, "left us"])
def test_revoking_keeps_what_a_restore_needs(reason: str | None) -> None:
    before = member(
        MemberStatus.CONFIRMED,
        role=MemberRole.ADMIN,
        account_id=ACCOUNT,
        attributes=ann(external_id="x"),
    )

    event = before.revoke(NOW, reason)

    assert event is not None
    assert event.changes[0] == Change("revokedAt", None, NOW)
    assert event.changes[1:] == ((Change("revocationReason", None, reason),) if reason else ())
    assert (event.invites, event.cancels_invitations) == (False, True)
    kept = replace(event.member, revoked_at=None, revocation_reason=None)
    assert kept == replace(before, version=8, updated_at=NOW)
    assert not event.member.occupies_seat
    restored = event.member.restore(NOW)
    assert restored is not None
    assert restored.member == replace(before, version=9, updated_at=NOW)


@pytest.mark.parametrize("stage", list(Stage))
def test_restoring_goes_to_the_stage_before(stage: Stage) -> None:
    before = member(MemberStatus.REVOKED, stage=stage, revocation_reason="left us")

    event = before.restore(NOW)

    assert event is not None
    assert event.changes == (
        Change("revokedAt", EARLIER, None),
        Change("revocationReason", "left us", None),
    )
    assert event.member.stage is stage
    assert (event.invites, event.cancels_invitations) == (stage is Stage.INVITED, False)
    assert event.member.occupies_seat is (stage is not Stage.STAGED)


def test_removing_tells_all_that_was() -> None:
    event = member().remove((ACCOUNT,))

    assert event.action == "member.removed"
    assert event.changes == (
        Change("userName", "Ann", None),
        Change("email", "Ann@Example.com", None),
        Change("stage", Stage.INVITED, None),
        Change("source", ProvisioningSource.SCIM, None),
        Change("groups", [str(ACCOUNT)], None),
    )
    assert event.cancels_invitations


def test_changing_the_role() -> None:
    scopes = frozenset({Scope.MEMBERS_READ})
    event = member().change_role(MemberRole.CUSTOM, scopes, NOW)

    assert event is not None
    assert event.changes == (
        Change("role", MemberRole.USER, MemberRole.CUSTOM),
        Change("permissions", [], [Scope.MEMBERS_READ]),
    )
    assert event.member.change_role(MemberRole.CUSTOM, scopes, NOW) is None
    more = event.member.change_role(MemberRole.CUSTOM, scopes | {Scope.AUDIT_READ}, NOW)
    assert more is not None
    assert [change.attribute for change in more.changes] == ["permissions"]
    back = event.member.change_role(MemberRole.USER, scopes, NOW)
    assert back is not None
    assert (back.member.role, back.member.permissions) == (MemberRole.USER, frozenset())


def test_permissions_without_custom_are_nothing() -> None:
    assert member().change_role(MemberRole.USER, frozenset({Scope.AUDIT_READ}), NOW) is None


def test_updating() -> None:
    event = member().update(ann(email="b@example.com", given_name="A", profile={"t": 1}), NOW)

    assert event is not None
    assert event.action == "member.updated"
    assert event.changes == (
        Change("email", "Ann@Example.com", "b@example.com"),
        Change("givenName", None, "A"),
        Change("profile.t", None, 1),
    )
    assert event.member.version == 8
    assert event.member.link_belongs_elsewhere(member())


def test_updating_to_the_same_is_nothing() -> None:
    assert member().update(ann(), NOW) is None


def test_another_spelling_of_the_address_keeps_the_link() -> None:
    event = member().update(ann(email="ANN@example.COM"), NOW)

    assert event is not None
    assert not event.member.link_belongs_elsewhere(member())


@pytest.mark.parametrize("status", list(MemberStatus))
def test_an_address_once_invited_never_goes_away(status: MemberStatus) -> None:
    event = member(status).update(ann(email=None, given_name="A"), NOW)

    assert event is not None
    lost = status is MemberStatus.STAGED
    assert event.member.attributes.email == (None if lost else "Ann@Example.com")
    assert event.member.attributes.email_key == (None if lost else "ann@example.com")


@pytest.mark.parametrize("status", list(MemberStatus))
def test_only_open_links_belong_elsewhere(status: MemberStatus) -> None:
    before = member(status)
    event = before.update(ann(email="b@example.com"), NOW)

    assert event is not None
    assert event.member.link_belongs_elsewhere(before) is (status is MemberStatus.INVITED)


@pytest.mark.parametrize("status", list(MemberStatus))
@pytest.mark.parametrize("role", list(MemberRole))
def test_confirmed_owners(status: MemberStatus, role: MemberRole) -> None:
    found = member(status, role=role)

    assert found.is_confirmed_owner is (
        role is MemberRole.OWNER and status is MemberStatus.CONFIRMED
    )


def test_a_revoked_owner_is_none_of_the_confirmed() -> None:
    found = member(MemberStatus.REVOKED, role=MemberRole.OWNER, stage=Stage.CONFIRMED)

    assert not found.is_confirmed_owner
    assert not found.occupies_seat


def test_histories_call_members_by_address_or_name() -> None:
    assert member().label == "Ann@Example.com"
    assert member(attributes=ann(email=None)).label == "Ann"


def test_the_wrapped_key_is_never_printed() -> None:
    assert "eyJ" not in repr(member(wrapped_organization_key="eyJ-secret"))
