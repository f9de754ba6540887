"""Scenarios of the key that is handed over to who is confirmed, and wrapped again."""

from __future__ import annotations

from typing import Any

from domain.keys.organization_key import new_organization_key, wrap
from domain.vocabulary import MemberStatus
from tests.graphql_schema.mutations.scenario import changes, refuses, refuses_values
from tests.graphql_schema.mutations.world import World
from tests.support.key_pairs import Keys, keys
from tests.support.keyed import Keyed, with_key

HERS = keys(1)
NONE_SENT = "The organization hands its key to new members; send it wrapped for this member."
NO_KEYS = (
    "This person has no keys yet that the organization's key could be wrapped for; they sign in and"
    " choose a passphrase first."
)


async def _waiting(world: World, held: Keys | None = HERS) -> tuple[Keyed, dict[str, Any]]:
    """Someone who accepted, and the input that confirms them."""
    acme = await with_key(world.app, world.owner_id)
    member = await acme.accepted(held)
    return acme, {
        "memberId": world.caller.member_id(member.id),
        "wrappedOrganizationKey": acme.wrapped(HERS),
        "publicKeyThumbprint": HERS.kid,
    }


async def who_gets_the_key(world: World) -> dict[str, Any]:
    """Someone who accepted, with the key wrapped for them."""
    return (await _waiting(world))[1]


async def who_gets_the_newer_key(world: World) -> dict[str, Any]:
    """A confirmed member, after a rotation."""
    acme, given = await _waiting(world)
    await world.caller.change("confirmMember", "", **given)
    await acme.rotate()
    return given | {"wrappedOrganizationKey": acme.wrapped(HERS)}


changes(
    "confirmMember",
    "member.confirmed",
    shows={"status": "CONFIRMED", "keyState": "CURRENT", "version": 4},
    members="~1",
    mails="+1",
)(who_gets_the_key)
changes(
    "confirmMember",
    "member.key_wrapped",
    shows={"status": "CONFIRMED", "keyState": "CURRENT", "version": 5},
    members="~1",
)(who_gets_the_newer_key)


@changes(
    "bulkConfirmMembers",
    "member.confirmed",
    "member.key_wrapped",
    shows={"summary": {"changed": 2, "unchanged": 0, "failed": 0}},
    members="~2",
    mails="+1",
)
async def a_newcomer_and_one_who_needs_the_newer_key(world: World) -> dict[str, Any]:
    acme = await with_key(world.app, world.owner_id)
    before = await acme.confirmed(HERS)
    await acme.rotate()
    new = await acme.accepted(keys(2))
    members = [
        {
            "memberId": world.caller.member_id(member.id),
            "wrappedOrganizationKey": acme.wrapped(held),
            "publicKeyThumbprint": held.kid,
        }
        for member, held in ((new, keys(2)), (before, HERS))
    ]
    return {"organizationId": world.caller.org, "members": members}


refuses_values(
    "confirmMember",
    who_gets_the_key,
    (
        "who_gets_no_key",
        {"wrappedOrganizationKey": "x"},
        "wrappedOrganizationKey",
        "wrappedOrganizationKey must be a compact JWE: five parts with dots between them.",
    ),
    (
        "who_gets_too_long_a_key",
        {"wrappedOrganizationKey": "x" * 4097},
        "wrappedOrganizationKey",
        "wrappedOrganizationKey may have at most 4096 characters.",
    ),
)
refuses_values(
    "confirmMember",
    who_gets_the_key,
    ("to_whom_none_is_sent", {"wrappedOrganizationKey": None}, "wrappedOrganizationKey", NONE_SENT),
    code="KEY_REQUIRED",
)
refuses_values(
    "confirmMember",
    who_gets_the_key,
    (
        "by_another_thumbprint",
        {"publicKeyThumbprint": keys(2).kid},
        "publicKeyThumbprint",
        (
            "publicKeyThumbprint is that of another key than the member has now; read the member's"
            " public key again."
        ),
    ),
    code="KEY_MISMATCH",
)


@refuses("confirmMember", "KEY_REQUIRED", "memberId", says=NO_KEYS)
async def who_has_no_keys(world: World) -> dict[str, Any]:
    return (await _waiting(world, None))[1]


@refuses(
    "confirmMember",
    "KEY_MISMATCH",
    "wrappedOrganizationKey",
    says=(
        "wrappedOrganizationKey holds version 1 of the organization's key, and version 2 is the"
        " current one (ver)."
    ),
)
async def who_gets_the_older_key(world: World) -> dict[str, Any]:
    acme, given = await _waiting(world)
    await acme.rotate()
    return given


@refuses(
    "confirmMember",
    "KEY_MISMATCH",
    "wrappedOrganizationKey",
    says="wrappedOrganizationKey holds the key of another organization (org).",
)
async def who_gets_the_key_of_others(world: World) -> dict[str, Any]:
    _, given = await _waiting(world)
    other = new_organization_key(world.other.organization_id, 1)
    return given | {"wrappedOrganizationKey": wrap(other, HERS.pair)}


@refuses(
    "confirmMember",
    "INVALID",
    "wrappedOrganizationKey",
    says="wrappedOrganizationKey is not taken while keyHandshake is OFF; leave it out.",
)
async def who_gets_a_key_without_handshake(world: World) -> dict[str, Any]:
    id_ = await world.member_id(MemberStatus.ACCEPTED)
    return {"memberId": id_, "wrappedOrganizationKey": "x"}
