"""The log of requests by filter, the signs of life it gives, and the way to events and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.application import Application
from domain.commands import ProvisionMember
from domain.ids import new_id
from domain.store.sealer import seal_pending
from domain.vocabulary import (
    IdentityProvider,
    Origin,
    ProvisioningOutcome,
    ScimOperation,
    SubjectKind,
)
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.graphql import Api, api
from tests.support.request_log import entry, write_requests


@pytest.fixture(scope="module")
async def log(app: Application) -> Api:
    caller = await api(app)
    await caller.change("enableScim", "", organizationId=caller.org)
    member = await factories.member(app, caller.organization_id, name="ada")
    given: list[dict[str, Any]] = [
        {
            "subject_id": member.id,
            "subject_label": "Ada",
            "changed_attributes": ("name.familyName", "members (+1)"),
            "warning_names": ("no_email", "string_boolean"),
        },
        {
            "operation": ScimOperation.READ,
            "outcome": ProvisioningOutcome.UNCHANGED,
            "status_code": 200,
        },
        {
            "operation": ScimOperation.PATCH,
            "outcome": ProvisioningOutcome.REJECTED,
            "status_code": 409,
            "duration_ms": 900,
            "provider": IdentityProvider.ENTRA_ID,
            "request_body": None,
            "scim_type": "uniqueness",
            "error_code": "TAKEN",
        },
    ]
    await write_requests(app, [entry(caller.organization_id, **each) for each in given])
    return caller


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{}", [409, 200, 201]),
        ("{outcome: [APPLIED]}", [201]),
        ("{outcome: [APPLIED, REJECTED]}", [409, 201]),
        ("{operation: [READ]}", [200]),
        ("{resourceType: [GROUP]}", []),
        ("{statusCode: [200, 409]}", [409, 200]),
        ('{search: "aDa"}', [200, 201]),
        ('{search: "%"}', []),
        ("{slowerThanMs: 7}", [409]),
        ('{changed: ["name.FamilyName"]}', [201]),
        ('{changed: ["members", "x"]}', [201]),
        ('{changed: ["name"]}', []),
        ('{changed: ["%"]}', []),
        ("{changed: []}", []),
        ('{requestId: "01a20462-8b18-74f5-bcb2-18434cfa679e"}', []),
        (
            '{receivedAt: {from: "2020-01-01T00:00:00Z", to: "2999-01-01T00:00:00Z"}}',
            [409, 200, 201],
        ),
    ],
)
async def test_requests_by_filter(log: Api, given: str, expected: list[int]) -> None:
    found = await log.ask_here(
        f"provisioningRequests(filter: {given}) {{ nodes {{ statusCode }} }}"
    )

    nodes = found["provisioningRequests"]["nodes"]
    assert [request["statusCode"] for request in nodes] == expected


async def test_a_request_says_what_it_changed_and_what_to_do(log: Api) -> None:
    found = await log.ask_here(
        "provisioningRequests { nodes { changedAttributes hints { text docsPath } } }"
    )

    refused, read, created = found["provisioningRequests"]["nodes"]
    assert created["changedAttributes"] == ["name.familyName", "members (+1)"]
    assert [hint["docsPath"] for hint in created["hints"]] == ["guides/okta.md"]
    assert read == {"changedAttributes": [], "hints": []}
    assert refused["changedAttributes"] == []
    (hint,) = refused["hints"]
    assert hint["docsPath"] == "errors/uniqueness.md"
    assert "matching attribute" in hint["text"]


async def test_a_request_names_whom_it_was_about_when_they_are_gone(app: Application) -> None:
    caller = await api(app)
    about = {"subject_kind": SubjectKind.MEMBER, "subject_label": "Ada"}
    await write_requests(app, [entry(caller.organization_id, subject_id=new_id(), **about)])

    found = await caller.ask_here(
        "provisioningRequests { nodes { subjectLabel subject { __typename } } }"
    )

    assert found["provisioningRequests"]["nodes"] == [{"subjectLabel": "Ada", "subject": None}]


async def test_a_request_is_found_by_the_id_in_its_answer(app: Application, log: Api) -> None:
    id_ = await app.pool.fetchval(
        "SELECT id FROM provisioning_requests WHERE organization_id = $1 AND status_code = 409",
        log.organization_id,
    )

    found = await log.ask_here(
        f'provisioningRequests(filter: {{requestId: "{id_}"}}) {{ nodes {{ statusCode }} }}'
    )

    assert found["provisioningRequests"]["nodes"] == [{"statusCode": 409}]


async def test_the_connection_shows_signs_of_life(log: Api) -> None:
    found = await log.ask_here(
        "scimConnection { health detectedProvider"
        " activity(window: {}) { applied unchanged rejected failed }"
        ' later: activity(window: {from: "2999-01-01T00:00:00Z", to: "2999-01-02T00:00:00Z"})'
        " { applied } }"
    )

    assert found["scimConnection"]["health"] == "HEALTHY"
    assert found["scimConnection"]["detectedProvider"] == "OKTA"
    assert found["scimConnection"]["later"] == [{"applied": 0}] * 24
    totals = [sum(bucket.values()) for bucket in found["scimConnection"]["activity"]]
    assert sum(totals) == 3


async def test_a_window_has_a_limit(log: Api) -> None:
    query = (
        "query ($org: ID!) { organization(by: {id: $org}) { scimConnection {"
        ' activity(window: {from: "2026-01-01T00:00:00Z", to: "2026-01-%dT00:00:01Z"})'
        " { applied } } } }"
    )

    assert await log.codes(query % 30, org=log.org) == []
    assert await log.codes(query % 31, org=log.org) == ["BAD_REQUEST"]


async def test_a_request_leads_to_its_events_and_back(app: Application) -> None:
    caller = await api(app)
    request = entry(caller.organization_id)
    idp = replace(
        SYSTEM, origin=Origin.SCIM, request_id=request.id, correlation_id=request.correlation_id
    )
    made = await app.execute(
        ProvisionMember(caller.organization_id, factories.attributes("ada")), idp
    )
    await write_requests(app, [replace(request, subject_id=made.value.id)])
    await seal_pending(app.pool)

    found = await caller.ask_here(
        "provisioningRequests { nodes { id auditEvents { nodes { action"
        " provisioningRequest { id } } } } }"
    )

    (node,) = found["provisioningRequests"]["nodes"]
    assert node["auditEvents"]["nodes"] == [
        {"action": "member.invited", "provisioningRequest": {"id": node["id"]}}
    ]
