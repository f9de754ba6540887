"""Organizations, groups and SCIM presets: limits, counts and what their rules return."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.errors import Invalid, SeatLimitReached
from domain.model.changes import Change
from domain.model.group import EditKind, Group, GroupAttributes, MembershipChange, MembershipEdit
from domain.model.organization import Organization, organization_name, slug_of
from domain.model.policies import Policies
from domain.model.scim_connection import ScimSettings, preset_of
from domain.vocabulary import (
    IdentityProvider,
    KeyHandshake,
    OmittedGroupMembers,
    OnProvision,
    PatchResponse,
    ProvisioningSource,
    Rehire,
)

NOW = datetime(2026, 1, 2, tzinfo=UTC)
A, B, C = (UUID(int=number) for number in (1, 2, 3))


def organization(seats: int | None, occupied: int | None) -> Organization:
    return Organization(
        id=A,
        name="Acme",
        slug="acme",
        seats=seats,
        seats_occupied=occupied,
        key_handshake=KeyHandshake.OFF,
        key_version=0,
        policies=Policies(),
        version=1,
    )


@pytest.mark.parametrize(
    ("seats", "occupied", "delta", "after"),
    [
        (None, None, 1, None),
        (None, None, -1, None),
        (2, 1, 1, 2),
        (2, 2, 0, 2),
        (2, 2, -1, 1),
        (1, 5, -1, 4),  # a limit lowered below what is taken
        (1, 5, 0, 5),
    ],
)
def test_seats(seats: int | None, occupied: int | None, delta: int, after: int | None) -> None:
    assert organization(seats, occupied).occupy(delta).seats_occupied == after


@pytest.mark.parametrize(("seats", "occupied"), [(0, 0), (2, 2), (1, 5)])
def test_no_seat_beyond_the_limit(seats: int, occupied: int) -> None:
    with pytest.raises(SeatLimitReached) as raised:
        organization(seats, occupied).occupy(1)
    assert raised.value.seats == seats


def test_names_of_organizations() -> None:
    assert organization_name("  Acme  ") == "Acme"
    assert organization_name("x" * 200) == "x" * 200
    for name in ("", "  ", "\n"):
        with pytest.raises(Invalid, match="name must not be empty"):
            organization_name(name)
    with pytest.raises(Invalid, match="name must be at most 200 characters"):
        organization_name("x" * 201)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme", "acme"),
        ("  Acme & Sons, Ltd. ", "acme-sons-ltd"),
        ("Ａｃｍｅ", "acme"),  # full width
        ("Straße 7", "strasse-7"),
        ("日本", "organization"),
        ("---", "organization"),
        ("x" * 80, "x" * 60),
        ("x" * 59 + " y", "x" * 59),
    ],
)
def test_slugs(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_attributes_of_groups() -> None:
    found = GroupAttributes.of(display_name="Straße", external_id="")

    assert found == GroupAttributes("Straße", "strasse", None)
    assert (
        GroupAttributes.of(display_name="x" * 256, external_id="y" * 300).external_id == "y" * 300
    )
    for name, why in (
        ("", "displayName must not be empty"),
        (" ", "displayName must not be empty"),
        ("x" * 257, "displayName must be at most 256 characters"),
        ("\ufdfa" * 200, "displayName is too long once letter case is folded"),
    ):
        with pytest.raises(Invalid, match=why):
            GroupAttributes.of(display_name=name)
    with pytest.raises(Invalid, match="externalId must be at most 300 characters"):
        GroupAttributes.of(display_name="a", external_id="y" * 301)


def group(name: str = "Staff", external_id: str | None = None) -> Group:
    return Group.create(
        organization_id=A,
        group_id=B,
        attributes=GroupAttributes.of(display_name=name, external_id=external_id),
        source=ProvisioningSource.SCIM,
        now=NOW,
    ).group


def test_the_life_of_a_group() -> None:
    event = Group.create(
        organization_id=A,
        group_id=B,
        attributes=GroupAttributes.of(display_name="Staff", external_id="x"),
        source=ProvisioningSource.SCIM,
        now=NOW,
    )
    assert event.action == "group.created"
    assert event.changes == (
        Change("displayName", None, "Staff"),
        Change("externalId", None, "x"),
        Change("source", None, ProvisioningSource.SCIM),
    )
    assert (event.group.version, event.group.created_at, event.group.updated_at) == (1, NOW, NOW)

    later = datetime(2026, 1, 3, tzinfo=UTC)
    changed = event.group.update(GroupAttributes.of(display_name="STAFF"), later)
    assert changed is not None
    assert changed.action == "group.updated"
    assert changed.changes == (
        Change("displayName", "Staff", "STAFF"),
        Change("externalId", "x", None),
    )
    assert (changed.group.version, changed.group.updated_at) == (2, later)
    assert changed.group.update(GroupAttributes.of(display_name="STAFF"), later) is None

    gone = changed.group.delete()
    assert gone.action == "group.deleted"
    assert gone.changes == (
        Change("displayName", "STAFF", None),
        Change("source", ProvisioningSource.SCIM, None),
    )


def edits(*steps: tuple[EditKind, set[UUID]]) -> MembershipChange:
    return MembershipChange.fold(MembershipEdit(kind, frozenset(ids)) for kind, ids in steps)


def test_folding_of_edits() -> None:
    add, remove, replace = EditKind.ADD, EditKind.REMOVE, EditKind.REPLACE

    assert edits() == MembershipChange()
    assert edits((add, {A}), (add, {B})) == MembershipChange(add=frozenset({A, B}))
    assert edits((add, {A, B}), (remove, {A})) == MembershipChange(frozenset({B}), frozenset({A}))
    assert edits((remove, {A}), (add, {A})) == MembershipChange(frozenset({A}))
    assert edits((add, {A}), (replace, {B}), (add, {C}), (remove, {B})) == MembershipChange(
        frozenset({C}), frozenset(), replaces=True
    )


def test_what_needs_a_view_of_the_group() -> None:
    add, remove, replace = EditKind.ADD, EditKind.REMOVE, EditKind.REPLACE

    assert edits().is_empty
    assert edits((add, set())).is_empty
    assert not edits((replace, set())).is_empty
    assert edits((add, {A})).commutes
    assert edits((remove, {A})).commutes
    assert not edits((replace, {A})).commutes
    assert not edits((add, {A}), (remove, {B})).commutes


def test_presets() -> None:
    neutral = ScimSettings(
        on_provision=OnProvision.INVITE,
        rehire=Rehire.CONFLICT,
        omitted_group_members=OmittedGroupMembers.KEEP,
        patch_response=PatchResponse.AUTOMATIC,
        strict_member_ids=False,
        content_type=None,
    )
    assert preset_of(None) == neutral
    for provider in IdentityProvider:
        found = preset_of(provider)
        match provider:
            case IdentityProvider.KEYCLOAK:
                assert found.omitted_group_members is OmittedGroupMembers.CLEAR
            case IdentityProvider.ONELOGIN:
                assert found.content_type == "application/json"
            case _:
                assert found == neutral
