"""Bodies of groups in POST and PUT: names, ids and members in every shape."""

from __future__ import annotations

from typing import Any

import pytest

from scim_facade.protocol.dialect import Warnings
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.resources import GroupDocument, MemberReference, read_group
from tests.scim_facade.protocol.samples import ADSCIM_GROUP, GROUP, GROUP_BODIES


@pytest.mark.parametrize(
    ("body", "group"),
    [
        (GROUP_BODIES["entra"], GroupDocument("Treasury", "oid")),
        (GROUP_BODIES["okta"], GroupDocument("Depot", members_cleared=True)),
        (GROUP_BODIES["okta put"], GroupDocument("Depot", members=(MemberReference("u1"),))),
        (GROUP_BODIES["keycloak"], GroupDocument("Staff", "k", members=(MemberReference("u1"),))),
        (GROUP_BODIES["null members"], GroupDocument("Lab", members_cleared=True)),
        ({"DisplayName": "x", "externalId": None}, GroupDocument("x", external_id_cleared=True)),
        ({"displayName": " "}, GroupDocument()),
        (
            {"Members": ["u1", {"Value": "u2", "type": "User"}, {"value": "u1"}]},
            GroupDocument(members=(MemberReference("u1"), MemberReference("u2", "User"))),
        ),
        ({"members": {"value": "u1"}}, GroupDocument(members=(MemberReference("u1"),))),
    ],
)
def test_post_09_groups(body: dict[str, Any], group: GroupDocument) -> None:
    assert read_group(body, Warnings()) == group


def test_post_10_groups_of_foreign_schemas() -> None:
    warnings = Warnings()

    read_group({"schemas": [GROUP, ADSCIM_GROUP], "displayName": "x", "owner": "y"}, warnings)

    assert warnings.sentences == [
        f"The schema {ADSCIM_GROUP} is not one of this server and was passed over.",
        "The attribute owner is unknown and was dropped.",
    ]


@pytest.mark.parametrize(
    "members", [5, [5], [{}], [{"value": ""}], [{"value": None}], [[]], {"value": 5}, [" "]]
)
def test_members_that_are_none(members: Any) -> None:
    with pytest.raises(ScimError) as caught:
        read_group({"displayName": "x", "members": members}, Warnings())
    assert caught.value.scim_type == "invalidValue"
