"""An independent checker finds nothing to complain about: scim2-tester, twice over a socket."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import httpx2
import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import CheckResult, Status, check_server

from tests.support.house import House

SCIM = Path(sys.executable).parent / "scim"

# How many results each check has: one for each schema, resource type, method or attribute. A check
# that was left out would be missing here.
EVERYWHERE = {
    "service_provider_config_endpoint": 1,
    "service_provider_config_endpoint_methods": 4,
    "query_all_resource_types": 1,
    "query_resource_type_by_id": 2,
    "resource_types_schema_validation": 2,
    "access_invalid_resource_type": 1,
    "resource_types_endpoint_methods": 4,
    "query_all_schemas": 1,
    "access_schema_by_id": 7,
    "access_invalid_schema": 1,
    "schemas_endpoint_methods": 4,
    "random_url": 1,
}
OF_EACH_TYPE = {
    "object_creation": 1,
    "object_query": 1,
    "object_query_without_id": 1,
    "object_query_with_attributes": 2,
    "object_list_with_attributes": 2,
    "search_with_attributes": 2,
    "object_replacement": 1,
    "object_deletion": 1,
}
# What is required cannot be removed, and a password not be seen.
PATCHES_OF_USERS = {
    "check_add_attribute": 27,
    "check_replace_attribute": 28,
    "check_remove_attribute": 26,
}
PATCHES_OF_GROUPS = {
    "check_add_attribute": 2,
    "check_replace_attribute": 3,
    "check_remove_attribute": 2,
}


def _checks(results: list[CheckResult], resource_type: str | None) -> Counter[str]:
    return Counter(str(r.title) for r in results if r.resource_type == resource_type)


@pytest.fixture(scope="module")
def results(house: House) -> list[CheckResult]:
    """What the library found, over a socket and as strict as it can be."""
    acme = house.resident()
    headers = {"Authorization": f"Bearer {acme.key}"}
    with httpx2.Client(base_url=acme.base, headers=headers, timeout=30) as http:
        return check_server(SyncSCIMClient(http))


def test_the_library_reports_no_error_and_skips_nothing(results: list[CheckResult]) -> None:
    unhappy = [result for result in results if result.status is not Status.SUCCESS]

    assert unhappy == []


def test_the_library_looked_at_everything(results: list[CheckResult]) -> None:
    assert _checks(results, None) == EVERYWHERE
    assert _checks(results, "User") == OF_EACH_TYPE | PATCHES_OF_USERS
    assert _checks(results, "Group") == OF_EACH_TYPE | PATCHES_OF_GROUPS
    assert len(results) == 139


def test_the_command_line_reports_no_error(house: House) -> None:
    acme = house.resident()

    done = subprocess.run(
        [SCIM, "--url", acme.base, "test", "--verbose"],
        env=os.environ | {"SCIM_CLI_HEADERS": f"Authorization: Bearer {acme.key}"},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )

    words = Counter(line.split(" ")[0] for line in done.stdout.splitlines() if line[:1].isalpha())
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""
    assert (words["ERROR"], words["CRITICAL"], words["SKIPPED"]) == (0, 0, 0)
    assert words["SUCCESS"] == 139
