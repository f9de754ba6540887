"""Asks for a mutation in a world, and looks at what came of it."""

from __future__ import annotations

import json
from typing import Any

from tests.graphql_schema.mutations.every import ERRORS, SELECTED
from tests.graphql_schema.mutations.world import World, differences


async def ask(world: World, mutation: str, given: dict[str, Any]) -> Any:
    """The payload of the mutation."""
    return await world.caller.change(mutation, f"{SELECTED[mutation]} {ERRORS}", **given)


def objects(payload: Any) -> Any:
    """What a payload shows besides `changed` and `errors`; of many, the members."""
    if "results" in payload:
        return [result["member"] for result in payload["results"]]
    return {name: payload[name] for name in payload.keys() - {"changed", "errors"}}


def shows_nothing(payload: Any) -> bool:
    """Whether nothing is shown besides `changed` and `errors`."""
    shown = objects(payload)
    return not (any(shown.values()) if isinstance(shown, dict) else shown)


def new_events(before: dict[Any, str], after: dict[Any, str]) -> list[str]:
    """Actions of the events that were written, in their order, by whoever has the token."""
    added = [
        json.loads(after[key]) for key in after.keys() - before.keys() if key[0] == "audit_events"
    ]
    by = {(event["origin"], event["actor_kind"]) for event in added}
    assert by <= {("ADMIN_API", "ACCESS_TOKEN")}
    attributes = {change["attribute"] for event in added for change in event["changes"]}
    assert {name for name in attributes if "_" in name} == set(), "names are those of the admin API"
    return [event["action"] for event in sorted(added, key=lambda event: event["sequence"])]


async def assert_unchanged(world: World, before: list[dict[Any, Any]]) -> None:
    """No row of either organization came, changed or went."""
    after = await world.dump()
    assert differences(before[0], after[0]) == {}
    assert differences(before[1], after[1]) == {}
