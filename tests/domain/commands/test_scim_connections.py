"""The provisioning endpoint: switching it, its presets, and the life of its keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.application import Application, Command
from domain.commands import (
    CreateScimCredential,
    DisableScim,
    EnableScim,
    IssuedCredential,
    Once,
    Replayed,
    RevokeScimCredential,
    RotateScimApiKey,
    UpdateScimConnection,
)
from domain.errors import IdempotencyKeyReused, Invalid, NotFound, ScimDisabled, VersionConflict
from domain.ids import UUID, new_id
from domain.queries.credentials import find_scim_credential
from domain.queries.reader import Reader
from domain.secrets import read_secret
from domain.vocabulary import (
    CredentialKind,
    IdentityProvider,
    OmittedGroupMembers,
    OnProvision,
    Rehire,
)
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.racing import race


async def enabled(app: Application, organization_id: UUID) -> IssuedCredential:
    return (await app.execute(EnableScim(organization_id), SYSTEM)).value


async def keys(looks: Looks) -> dict[UUID, Any]:
    rows = await looks.rows("SELECT * FROM scim_credentials WHERE organization_id = $1")
    return {row["id"]: row for row in rows}


async def test_switching_on_makes_one_key(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    first = await enabled(app, organization_id)
    again = await app.execute(EnableScim(organization_id), SYSTEM)

    assert first.connection.enabled
    assert first.secret is not None
    assert (again.changed, again.value.secret) == (False, None)
    (row,) = (await keys(looks)).values()
    presented = read_secret("rck", 1, first.secret)
    assert presented is not None
    assert presented.ids == (row["id"],) == (first.credential_id,)
    assert presented.matches(row["secret_hash"])
    assert row["hint"] == first.secret.split("_", 2)[2][:6]
    assert (row["kind"], row["expires_at"], row["revoked_at"]) == ("API_KEY", None, None)
    assert await looks.actions(first.connection.id) == [
        "scim_connection.enabled",
        "scim_connection.key_created",
    ]
    changes = await looks.rows("SELECT changes::text FROM audit_events WHERE organization_id = $1")
    assert not any(first.secret[40:] in row["changes"] for row in changes)
    assert first.secret not in repr(first)


async def test_switching_on_sixteen_times_at_once(app: Application, organization_id: UUID) -> None:
    results = await race([app.execute(EnableScim(organization_id), SYSTEM) for _ in range(16)])

    assert results.refused == []
    assert sum(outcome.changed for outcome in results.done) == 1
    assert sum(outcome.value.secret is not None for outcome in results.done) == 1


async def test_switching_off_keeps_the_keys(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    made = await enabled(app, organization_id)
    assert made.credential_id is not None

    off = await app.execute(DisableScim(organization_id), SYSTEM)
    again = await app.execute(DisableScim(organization_id), SYSTEM)

    assert (off.changed, again.changed) == (True, False)
    found = await find_scim_credential(Reader(app.pool), organization_id, made.credential_id)
    assert found is not None
    assert (found.enabled, found.revoked_at) == (False, None)
    for command in (RotateScimApiKey(organization_id), CreateScimCredential(organization_id)):
        with pytest.raises(ScimDisabled):
            await app.execute(command, SYSTEM)
    on = await app.execute(EnableScim(organization_id), SYSTEM)
    assert (on.changed, on.value.secret) == (True, None)
    assert await looks.actions(made.connection.id) == [
        "scim_connection.enabled",
        "scim_connection.key_created",
        "scim_connection.disabled",
        "scim_connection.enabled",
    ]


async def test_what_was_never_switched_on(app: Application, organization_id: UUID) -> None:
    commands: list[Command[Any]] = [
        DisableScim(organization_id),
        RotateScimApiKey(organization_id),
        UpdateScimConnection(organization_id),
    ]
    for command in commands:
        with pytest.raises(ScimDisabled):
            await app.execute(command, SYSTEM)
    with pytest.raises(NotFound):
        await app.execute(RevokeScimCredential(organization_id, new_id()), SYSTEM)
    with pytest.raises(NotFound):
        await app.execute(EnableScim(new_id()), SYSTEM)


@pytest.mark.parametrize("overlap_s", [0, 60, 604_800])
async def test_rotation(
    app: Application, organization_id: UUID, looks: Looks, overlap_s: int
) -> None:
    first = await enabled(app, organization_id)
    soon = datetime.now(UTC) + timedelta(seconds=30)
    ends = await app.execute(CreateScimCredential(organization_id, expires_at=soon), SYSTEM)
    client = await app.execute(
        CreateScimCredential(organization_id, CredentialKind.OAUTH_CLIENT), SYSTEM
    )
    before = datetime.now(UTC)

    rotated = await app.execute(RotateScimApiKey(organization_id, overlap_s), SYSTEM)

    value, found = rotated.value, await keys(looks)
    assert first.credential_id is not None
    assert value.credential_id is not None
    assert client.value.credential_id is not None
    assert ends.value.credential_id is not None
    end = found[first.credential_id]["expires_at"]
    assert value.previous_ends_at == end
    assert timedelta(0) <= end - before - timedelta(seconds=overlap_s) < timedelta(seconds=10)
    assert found[value.credential_id]["expires_at"] is None
    assert found[client.value.credential_id]["expires_at"] is None
    # Nobody gets longer than it had.
    assert found[ends.value.credential_id]["expires_at"] == min(soon, end)
    assert (await looks.actions())[-2:] == [
        "scim_connection.key_created",
        "scim_connection.key_rotated",
    ]


@pytest.mark.parametrize("overlap_s", [-1, 604_801])
async def test_overlaps_have_limits(
    app: Application, organization_id: UUID, looks: Looks, overlap_s: int
) -> None:
    await enabled(app, organization_id)

    with pytest.raises(Invalid, match="overlapSeconds must lie between 0 and 604800"):
        await app.execute(RotateScimApiKey(organization_id, overlap_s), SYSTEM)

    assert len(await keys(looks)) == 1


async def test_rotating_sixteen_times_at_once_leaves_one_key_for_good(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    await enabled(app, organization_id)

    results = await race(
        [app.execute(RotateScimApiKey(organization_id), SYSTEM) for _ in range(16)]
    )

    assert len(results.done) == 16
    forever = [row for row in (await keys(looks)).values() if row["expires_at"] is None]
    assert len(forever) == 1


async def test_revoking_a_key(app: Application, organization_id: UUID, looks: Looks) -> None:
    first = await enabled(app, organization_id)
    assert first.credential_id is not None
    elsewhere = await factories.organization(app)
    await enabled(app, elsewhere)

    with pytest.raises(NotFound):
        await app.execute(RevokeScimCredential(elsewhere, first.credential_id), SYSTEM)
    done = await app.execute(RevokeScimCredential(organization_id, first.credential_id), SYSTEM)
    again = await app.execute(RevokeScimCredential(organization_id, first.credential_id), SYSTEM)

    assert (done.changed, again.changed) == (True, False)
    assert (await keys(looks))[first.credential_id]["revoked_at"] is not None
    assert (await looks.actions())[-1] == "scim_connection.key_revoked"


async def test_a_name_stands_with_the_key_and_in_the_history(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    await enabled(app, organization_id)

    command = CreateScimCredential(organization_id, name=" Okta, staging ")
    made = (await app.execute(command, SYSTEM)).value
    rotated = (await app.execute(RotateScimApiKey(organization_id, name="Okta"), SYSTEM)).value
    assert made.credential_id is not None
    assert rotated.credential_id is not None
    await app.execute(RevokeScimCredential(organization_id, made.credential_id), SYSTEM)

    found = await keys(looks)
    assert found[made.credential_id]["name"] == "Okta, staging"
    assert found[rotated.credential_id]["name"] == "Okta"
    assert [row["name"] for row in found.values()].count(None) == 1
    events = await looks.rows(
        "SELECT action, changes FROM audit_events WHERE organization_id = $1 ORDER BY sequence"
    )
    named = [
        (event["action"].split(".")[1], change["before"], change["after"])
        for event in events
        for change in event["changes"]
        if change["attribute"] == "name"
    ]
    assert named[-3:] == [
        ("key_created", None, "Okta, staging"),
        ("key_created", None, "Okta"),
        ("key_revoked", "Okta, staging", None),
    ]


async def test_a_command_without_a_name_is_the_one_from_before_there_were_names(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    await enabled(app, organization_id)
    command = CreateScimCredential(organization_id)
    text = (
        f"CreateScimCredential(organization_id={organization_id!r},kind='API_KEY',expires_at=None)"
    )
    await looks.rows(
        "INSERT INTO idempotency_keys (caller_id, key, input_hash, created_at)"
        " SELECT $2, $1::uuid::text, sha256(convert_to($3, 'UTF8')), now()",
        UUID(int=0),
        text,
    )

    again = await app.execute(Once(command, str(organization_id)), SYSTEM)

    assert (again.changed, again.value) == (False, Replayed(None))
    named = CreateScimCredential(organization_id, name="Okta")
    with pytest.raises(IdempotencyKeyReused):
        await app.execute(Once(named, str(organization_id)), SYSTEM)
    assert len(await keys(looks)) == 1


async def test_keys_expire_in_the_future(app: Application, organization_id: UUID) -> None:
    await enabled(app, organization_id)

    with pytest.raises(Invalid, match="expiresAt must lie in the future"):
        await app.execute(
            CreateScimCredential(organization_id, expires_at=datetime.now(UTC)), SYSTEM
        )


async def test_the_provider_brings_its_preset_and_switches_override_it(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    made = await enabled(app, organization_id)

    async def update(**given: Any) -> Any:
        return await app.execute(UpdateScimConnection(organization_id, **given), SYSTEM)

    keycloak = (await update(provider=IdentityProvider.KEYCLOAK)).value
    assert keycloak.settings.omitted_group_members is OmittedGroupMembers.CLEAR
    assert not (await update(provider=IdentityProvider.KEYCLOAK)).changed
    own = (
        await update(
            omitted_group_members=OmittedGroupMembers.KEEP,
            rehire=Rehire.RESTORE,
            on_provision=OnProvision.STAGE,
            strict_member_ids=True,
        )
    ).value
    assert own.settings.omitted_group_members is OmittedGroupMembers.KEEP
    assert (own.settings.rehire, own.settings.strict_member_ids) == (Rehire.RESTORE, True)
    assert own.version == keycloak.version + 1
    one = (await update(provider=IdentityProvider.ONELOGIN, strict_member_ids=True)).value
    assert one.settings.content_type == "application/json"
    assert (one.settings.rehire, one.settings.strict_member_ids) == (Rehire.CONFLICT, True)
    with pytest.raises(VersionConflict) as raised:
        await update(provider=IdentityProvider.OKTA, expected_version=own.version)
    assert raised.value.current == one.version
    with pytest.raises(Invalid, match="contentType must be"):
        await update(content_type="text/plain")
    assert (await looks.actions(made.connection.id))[2:] == ["scim_connection.updated"] * 3
