"""What is shown of keys: who holds the organization's, and who waits to have it wrapped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from domain.application import Application
from domain.commands import Member
from domain.keys.fingerprint import member_fingerprint
from domain.store.snapshot import Snapshot
from domain.vocabulary import KeyHandshake, MemberStatus
from tests.support import factories
from tests.support.graphql import Api, api
from tests.support.key_pairs import keys
from tests.support.keyed import Keyed, give_keys, keyed

LINE = "reason publicKey publicKeyThumbprint publicKeyFingerprint member { id status keyState }"
CONFIRM = "actions { confirm { allowed reason } }"


@dataclass(frozen=True, slots=True)
class House:
    """An organization in which everybody waits for something else."""

    acme: Keyed
    caller: Api
    people: dict[str, Member]

    def id_of(self, name: str) -> str:
        """The id of that member."""
        return self.caller.member_id(self.people[name].id)

    def names(self, nodes: list[Any]) -> list[str]:
        """Whom the nodes are of."""
        known = {self.id_of(name): name for name in self.people}
        return [known[node["member"]["id"]] for node in nodes]

    async def pending(self, arguments: str = "", selection: str = LINE) -> Any:
        """The work list."""
        asked = f"pendingConfirmations{arguments} {{ totalCount nodes {{ {selection} }} }}"
        return (await self.caller.ask_here(asked))["pendingConfirmations"]


@pytest.fixture(scope="module")
async def house(app: Application) -> House:
    acme = await keyed(app)
    people = {"owner": acme.owner, "current": await acme.confirmed(keys(1))}
    people["void"] = await acme.confirmed(keys(2))
    people["stale"] = await acme.confirmed(keys(3))
    people["revoked"] = await factories.member(app, acme.organization_id, MemberStatus.INVITED)
    await acme.require(KeyHandshake.OFF)
    people["missing"] = await factories.member(app, acme.organization_id, MemberStatus.CONFIRMED)
    await acme.require()
    people["new"] = await acme.accepted(keys(4))
    people["keyless"] = await acme.accepted()
    await give_keys(app, people["void"], keys(5))
    await acme.rotate()
    await acme.confirm(people["current"], keys(1))
    return House(acme, await api(app, organization_id=acme.organization_id), people)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements each operation's reads took."""
    numbers: list[int] = []
    end = Snapshot.end

    async def counting(self: Snapshot) -> None:
        numbers.append(self.statements)
        await end(self)

    monkeypatch.setattr(Snapshot, "end", counting)
    return numbers


async def test_states(house: House) -> None:
    shown = await house.caller.ask_here(f"members {{ nodes {{ id keyState {CONFIRM} }} }}")

    found = {
        name: (node["keyState"], *node["actions"]["confirm"].values())
        for node in shown["members"]["nodes"]
        for name in house.people
        if node["id"] == house.id_of(name)
    }
    nothing_to_do = (False, "INVALID_TRANSITION")
    assert found == {
        "owner": ("CURRENT", *nothing_to_do),
        "current": ("CURRENT", *nothing_to_do),
        "void": ("STALE", True, None),
        "stale": ("STALE", True, None),
        "missing": ("MISSING", False, "KEY_REQUIRED"),
        "revoked": (None, *nothing_to_do),
        "new": (None, True, None),
        "keyless": (None, False, "KEY_REQUIRED"),
    }


async def test_who_waits(house: House) -> None:
    listed = await house.pending()

    assert listed["totalCount"] == 5
    names = house.names(listed["nodes"])
    assert names[:2] == ["new", "keyless"]
    # Who has no key that opens, by id; then the older version.
    assert names[2:] == ["void", "missing", "stale"]
    lines = dict(zip(names, listed["nodes"], strict=True))
    assert {name: line["reason"] for name, line in lines.items()} == {
        "new": "ACCEPTED",
        "keyless": "ACCEPTED",
        "void": "REWRAP",
        "missing": "REWRAP",
        "stale": "REWRAP",
    }
    for name, number in (("new", 4), ("void", 5), ("stale", 3)):
        kid = keys(number).kid
        assert lines[name]["publicKey"] == keys(number).public
        assert lines[name]["publicKeyThumbprint"] == kid
        words = lines[name]["publicKeyFingerprint"]
        assert words == member_fingerprint(kid, house.people[name].id)
        assert len(words.split()) == 6
    for name in ("keyless", "missing"):
        assert [lines[name][field] for field in lines[name] if field.startswith("publicKey")] == [
            None
        ] * 3


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("(filter: {reason: ACCEPTED})", ["new", "keyless"]),
        ("(filter: {reason: REWRAP})", ["void", "missing", "stale"]),
        ("(filter: {reason: null})", ["new", "keyless", "void", "missing", "stale"]),
        ('(filter: {acceptedBefore: "2020-01-01T00:00:00Z"})', []),
        ('(filter: {search: "nobody"})', []),
    ],
)
async def test_filters(house: House, arguments: str, expected: list[str]) -> None:
    listed = await house.pending(arguments)

    assert house.names(listed["nodes"]) == expected
    assert listed["totalCount"] == len(expected)


async def test_a_search_finds_either(house: House) -> None:
    for name in ("new", "stale"):
        email = house.people[name].attributes.email
        listed = await house.pending(f'(filter: {{search: "{email}"}})')
        assert house.names(listed["nodes"]) == [name]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
async def test_pages_run_over_from_one_reason_to_the_other(house: House, size: int) -> None:
    everybody = ["new", "keyless", "void", "missing", "stale"]
    for direction, cursor, other in (
        ("first", "after", "endCursor"),
        ("last", "before", "startCursor"),
    ):
        found: list[str] = []
        arguments, more = f"{direction}: {size}", True
        while more:
            asked = (
                f"pendingConfirmations({arguments}) {{ nodes {{ member {{ id }} }}"
                " pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"
            )
            page = (await house.caller.ask_here(asked))["pendingConfirmations"]
            names, info = house.names(page["nodes"]), page["pageInfo"]
            found = found + names if direction == "first" else names + found
            more = info["hasNextPage" if direction == "first" else "hasPreviousPage"]
            arguments = f'{direction}: {size}, {cursor}: "{info[other]}"'
            assert len(names) <= size
        assert found == everybody


@pytest.mark.parametrize(
    ("selection", "statements"),
    [
        ("reason member { email keyState }", 2),
        (f"publicKey publicKeyFingerprint member {{ keyState {CONFIRM} }}", 3),
    ],
)
async def test_statements_do_not_grow_with_rows(
    house: House, counted: list[int], selection: str, statements: int
) -> None:
    for rows in (3, 5):
        asked = f"pendingConfirmations(first: {rows}) {{ nodes {{ {selection} }} }}"
        await house.caller.ask_here(asked)

    # The organization, each of the two lists, and the keys of all.
    assert counted == [statements + 1] * 2


async def test_without_handshake_nobody_waits_for_a_key(house: House) -> None:
    await house.acme.require(KeyHandshake.OFF)
    try:
        listed = await house.pending()
        shown = await house.caller.ask_here(f"members {{ nodes {{ id keyState {CONFIRM} }} }}")
    finally:
        await house.acme.require()

    assert house.names(listed["nodes"]) == ["new", "keyless"]
    assert [line["publicKey"] for line in listed["nodes"]] == [None, None]
    assert [line["publicKeyFingerprint"] for line in listed["nodes"]] == [None, None]
    assert {node["keyState"] for node in shown["members"]["nodes"]} == {None}
    keyless = house.id_of("keyless")
    (node,) = [node for node in shown["members"]["nodes"] if node["id"] == keyless]
    assert node["actions"]["confirm"] == {"allowed": True, "reason": None}
