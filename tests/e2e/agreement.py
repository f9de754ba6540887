"""Holds what a flow left against the tables, the history, the mail queue and the admin API."""

from __future__ import annotations

from typing import Any

from tests.e2e.wire import Came
from tests.support.admin_api import seen_by_an_administrator
from tests.support.house import Resident

_STATUSES = (
    "SELECT user_name, CASE WHEN revoked_at IS NULL THEN stage ELSE 'REVOKED' END AS status"
    " FROM members WHERE organization_id = $1"
)
_MEMBERSHIPS = (
    "SELECT g.display_name, m.user_name FROM groups g"
    " LEFT JOIN group_members gm ON gm.organization_id = g.organization_id AND gm.group_id = g.id"
    " LEFT JOIN members m ON m.organization_id = gm.organization_id AND m.id = gm.member_id"
    " WHERE g.organization_id = $1"
)
_OPEN = (
    "SELECT m.user_name FROM invitations i"
    " JOIN members m ON m.organization_id = i.organization_id AND m.id = i.member_id"
    " WHERE i.organization_id = $1 AND i.state IN ('QUEUED', 'SENT')"
)
BEGINNING = ("organization.", "scim_connection.")


def assert_agrees(acme: Resident, came: Came) -> None:
    """Members, groups, history and mail are what the flow left, in the tables and over GraphQL."""
    statuses = {row["user_name"]: row["status"] for row in acme.rows(_STATUSES)}
    assert statuses == came.members
    groups: dict[str, set[str]] = {}
    for row in acme.rows(_MEMBERSHIPS):
        members = groups.setdefault(row["display_name"], set())
        if row["user_name"] is not None:
            members.add(row["user_name"])
    assert groups == came.groups
    invited = sorted(row["user_name"] for row in acme.rows(_OPEN))
    assert invited == sorted(user for user, status in statuses.items() if status == "INVITED")
    acme.wait_for_seal()
    history = _of_the_flow(acme.history())
    assert history == came.history, history
    _is_shown(acme, came, len(acme.history()))


def _is_shown(acme: Resident, came: Came, sealed: int) -> None:
    """The admin API tells the same, asked over its own socket."""
    shown = seen_by_an_administrator(acme)
    members = {node["userName"]: node for node in shown["members"]["nodes"]}
    assert {name: node["status"] for name, node in members.items()} == came.members
    groups = {
        node["displayName"]: {member["userName"] for member in node["members"]["nodes"]}
        for node in shown["groups"]["nodes"]
    }
    assert groups == came.groups
    assert all(
        node["memberCount"] == len(came.groups[node["displayName"]])
        for node in shown["groups"]["nodes"]
    )
    for name, node in members.items():
        mine = {group["displayName"] for group in node["groups"]["nodes"]}
        assert mine == {group for group, people in came.groups.items() if name in people}
    invited = sorted(node["member"]["userName"] for node in shown["invitations"]["nodes"])
    assert invited == sorted(n for n, status in came.members.items() if status == "INVITED")
    newest_first = [node for node in shown["auditEvents"]["nodes"] if node["position"] <= sealed]
    assert _of_the_flow([node["action"] for node in reversed(newest_first)]) == came.history
    logged = sorted(node["provider"] or "" for node in shown["provisioningRequests"]["nodes"])
    assert logged == sorted(row["provider"] or "" for row in acme.requests(0))


def _of_the_flow(actions: list[Any]) -> list[Any]:
    return [action for action in actions if not action.startswith(BEGINNING)]
