"""Every mutation: what it does, what it does when repeated, and each way in which it is refused."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.graphql_schema.mutation_errors import ERRORS, PROVEN_ELSEWHERE, RESULT_ERRORS
from tests.graphql_schema.mutations.asking import (
    ask,
    assert_unchanged,
    new_events,
    objects,
    shows_nothing,
)
from tests.graphql_schema.mutations.every import (
    CHANGES,
    FIRST,
    INPUTS,
    REFUSALS,
    RESULT_REFUSALS,
    SELECTED,
    SUBJECT,
)
from tests.graphql_schema.mutations.scenario import Again, Change, Refusal
from tests.graphql_schema.mutations.world import World, differences

TYPES = {
    "TAKEN": "TakenError",
    "VERSION_CONFLICT": "VersionConflictError",
    "INVALID_TRANSITION": "InvalidTransitionError",
}
OURS = sorted(set(ERRORS) - set(PROVEN_ELSEWHERE))


def expected(refusal: Refusal, world: World, *place: str) -> dict[str, Any]:
    """The one error of a refusal, as the caller sees it."""
    more = {**refusal.more, **world.more}
    return {
        "__typename": TYPES.get(refusal.code, "BasicError"),
        "code": refusal.code,
        "message": refusal.says.replace("…", more.pop("…", "…")),
        "path": ["input", *place, *refusal.path] if place or refusal.path else [],
        **more,
    }


def named(scenario: Change | Refusal) -> str:
    code = f"-{scenario.code}" if isinstance(scenario, Refusal) else ""
    return f"{scenario.mutation}{code}-{scenario.name}"


@pytest.mark.parametrize("change", CHANGES, ids=named)
async def test_what_it_does_and_does_when_repeated(world: World, change: Change) -> None:
    given = await change.given(world)
    before = await world.dump()

    payload = await ask(world, change.mutation, given)

    assert (payload["changed"], payload["errors"]) == (True, [])
    shown = objects(payload)
    if isinstance(shown, dict):
        for value in list(shown.values()):
            shown |= value if isinstance(value, dict) else {}
    else:
        shown = payload
    assert {name: shown[name] for name in change.shows} == change.shows
    own, others = await world.dump()
    assert new_events(before[0], own) == list(change.events)
    rows = {**change.rows, "audit_events": f"+{len(change.events)}"}
    assert differences(before[0], own) == rows
    assert differences(before[1], others) == {}
    counted, taken = await world.looks.seats()
    assert counted in {None, taken}
    await ask_again(world, change, given, payload)


async def ask_again(world: World, change: Change, given: dict[str, Any], first: Any) -> None:
    before = await world.dump()

    again = await ask(world, change.mutation, given)

    match change.again:
        case Again.UNCHANGED:
            assert (again["changed"], again["errors"]) == (False, [])
            assert shown_again(again) == shown_again(first)
            await assert_unchanged(world, before)
        case Again.CHANGES:
            assert (again["changed"], again["errors"]) == (True, [])
            own, _ = await world.dump()
            assert new_events(before[0], own) == list(change.events)
        case Again.TAKEN:
            assert again["changed"] is False
            (error,) = again["errors"]
            (made,) = (value for value in objects(first).values() if isinstance(value, dict))
            assert (error["code"], error["existing"]) == ("TAKEN", {"id": made["id"]})
            assert shows_nothing(again)
            await assert_unchanged(world, before)


def shown_again(payload: Any) -> Any:
    """What a repetition shows as well: all but secrets, and what was done this time."""
    once = {"apiKey", "secret", "clientId", "previousKeyExpiresAt", "added", "removed"}
    shown = objects(payload)
    if isinstance(shown, dict):
        return {name: value for name, value in shown.items() if name not in once}
    return shown


@pytest.mark.parametrize("refusal", REFUSALS, ids=named)
async def test_how_it_is_refused(world: World, refusal: Refusal) -> None:
    given = await refusal.given(world)
    before = await world.dump()

    payload = await ask(world, refusal.mutation, given)

    assert payload["errors"] == [expected(refusal, world)]
    assert payload["changed"] is False
    assert shows_nothing(payload)
    await assert_unchanged(world, before)


@pytest.mark.parametrize("refusal", RESULT_REFUSALS, ids=named)
async def test_how_a_member_of_many_is_refused(world: World, refusal: Refusal) -> None:
    given = await refusal.given(world)
    before = await world.dump()

    payload = await ask(world, refusal.mutation, given)

    (result,) = payload["results"]
    field = "members" if "members" in given else "memberIds"
    assert result["errors"] == [expected(refusal, world, field, "0")]
    assert result["changed"] is False
    assert payload["summary"] == {"changed": 0, "unchanged": 0, "failed": 1}
    assert (payload["changed"], payload["errors"]) == (False, [])
    await assert_unchanged(world, before)


def test_every_error_is_proven_and_none_is_answered_that_is_not_declared() -> None:
    # Those of ids and versions are proven for every mutation in test_ids_and_versions.py.
    proven = {name: {"NOT_FOUND", "INVALID"} for name in OURS}
    for name in OURS:
        if "expectedVersion" in INPUTS[name]:
            proven[name].add("VERSION_CONFLICT")
    for refusal in REFUSALS:
        proven[refusal.mutation].add(refusal.code)
    of_results = {name: {"NOT_FOUND", "INVALID"} for name in RESULT_ERRORS}
    for refusal in RESULT_REFUSALS:
        of_results[refusal.mutation].add(refusal.code)

    assert proven == {name: set(ERRORS[name]) for name in OURS}
    assert of_results == {name: set(codes) for name, codes in RESULT_ERRORS.items()}


def test_every_mutation_does_something_and_scenarios_have_names_of_their_own() -> None:
    assert sorted(FIRST) == sorted(SELECTED) == OURS
    assert set(SUBJECT) >= set(OURS)
    for scenarios in (CHANGES, REFUSALS, RESULT_REFUSALS):
        counted = Counter(map(named, scenarios))
        assert [name for name, count in counted.items() if count > 1] == []
