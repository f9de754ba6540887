"""Scenarios of the organization's policies: set, and what they then refuse."""

from __future__ import annotations

from typing import Any

from domain.commands import UpdateOrganization
from domain.vocabulary import MemberStatus
from tests.graphql_schema.mutations.scenario import changes, refuses, refuses_values
from tests.graphql_schema.mutations.world import World
from tests.support.factories import SYSTEM

FOREIGN = (
    "The organization takes only addresses of acme.example, and this one is of example.com; use"
    " another address, or let an owner add the domain to allowedEmailDomains."
)


async def _given(world: World) -> dict[str, Any]:
    return {"organizationId": world.caller.org, "policies": {}}


@changes(
    "updateOrganization",
    "organization.updated",
    shows={
        "version": 2,
        "policies": {
            "allowedEmailDomains": ["a.example", "xn--bcher-kva.example"],
            "requireSso": True,
            "singleOrganization": True,
        },
    },
    organizations="~1",
)
async def with_policies(world: World) -> dict[str, Any]:
    domains = ["Bücher.example", "A.example"]
    policies = {"allowedEmailDomains": domains, "requireSso": True, "singleOrganization": True}
    return {**await _given(world), "policies": policies}


@changes(
    "updateOrganization",
    "organization.updated",
    shows={
        "policies": {
            "allowedEmailDomains": ["acme.example"],
            "requireSso": False,
            "singleOrganization": True,
        }
    },
    organizations="~1",
)
async def with_one_policy_and_the_others_null_or_left_out(world: World) -> dict[str, Any]:
    await _foreign(world, single_organization=True, require_sso=True)
    policies = {"allowedEmailDomains": None, "requireSso": False}
    return {**await _given(world), "policies": policies}


@changes(
    "updateOrganization",
    "organization.updated",
    shows={
        "policies": {
            "allowedEmailDomains": [],
            "requireSso": False,
            "singleOrganization": False,
        }
    },
    organizations="~1",
)
async def with_every_domain_again(world: World) -> dict[str, Any]:
    await _foreign(world)
    return {**await _given(world), "policies": {"allowedEmailDomains": []}}


@changes(
    "updateOrganization",
    "organization.updated",
    shows={"seats": {"occupied": 0, "limit": 7}},
    organizations="~1",
)
async def whose_policies_are_null(world: World) -> dict[str, Any]:
    return {**await _given(world), "policies": None, "seatLimit": 7}


refuses_values(
    "updateOrganization",
    _given,
    (
        "with_what_is_no_domain",
        {"policies": {"allowedEmailDomains": ["acme.example", "@acme.example"]}},
        "policies.allowedEmailDomains",
        (
            "allowedEmailDomains must name domains such as example.com, without @ and *;"
            " '@acme.example' is none."
        ),
    ),
    (
        "with_too_many_domains",
        {"policies": {"allowedEmailDomains": [f"d{n}.example" for n in range(101)]}},
        "policies.allowedEmailDomains",
        "allowedEmailDomains may name at most 100 domains.",
    ),
)


async def _foreign(world: World, **given: Any) -> None:
    command = UpdateOrganization(world.owner_id, allowed_email_domains=("acme.example",), **given)
    await world.app.execute(command, SYSTEM)


@refuses("confirmMember", "POLICY", says=FOREIGN)
async def of_a_domain_that_is_not_allowed(world: World) -> dict[str, Any]:
    given = {"memberId": await world.member_id(MemberStatus.ACCEPTED)}
    await _foreign(world)
    return given


@refuses("restoreMember", "POLICY", says=FOREIGN)
async def whose_domain_is_not_allowed(world: World) -> dict[str, Any]:
    given = {"memberId": await world.member_id(MemberStatus.REVOKED)}
    await _foreign(world)
    return given
