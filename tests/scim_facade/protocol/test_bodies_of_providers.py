"""Every provider's body is read, reads back the same, and no JSON does worse than a 400."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given

from scim_facade.protocol.dialect import Warnings
from scim_facade.protocol.resources import read_group, read_user
from tests.scim_facade.protocol.samples import ENTERPRISE, USER, USER_BODIES
from tests.scim_facade.protocol.strategies import json_values, only_bad_requests


@pytest.mark.parametrize("name", USER_BODIES)
def test_every_provider_s_user_is_read_and_reads_back_the_same(name: str) -> None:
    body = deepcopy(USER_BODIES[name])

    user = read_user(body, Warnings())

    assert body == USER_BODIES[name]
    assert user.user_name
    again = Warnings()
    assert read_user({"schemas": [USER], **user.attributes}, again).attributes == user.attributes
    assert again.sentences == []


@given(json_values)
def test_any_json_is_read_or_a_scim_error(value: Any) -> None:
    for key in ("emails", "name", "active", "roles", "addresses", ENTERPRISE, USER, "schemas"):
        body = {key: value, "members": value, "displayName": value}
        before = deepcopy(body)
        for read in (read_user, read_group):
            with only_bad_requests():
                read(body, Warnings())
        assert body == before
