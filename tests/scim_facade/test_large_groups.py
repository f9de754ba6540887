"""Groups of more than a thousand members: streamed, and not read where they are not shown."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from domain.ids import UUID, new_id
from tests.support import factories
from tests.support.counting import CountingPool, counting
from tests.support.scim import Served, World, open_world, world_of

LARGE = 2005
_READS_MEMBERS = re.compile(r"\bgroup_members\b")
_MEMBERS = (
    "INSERT INTO members (organization_id, id, user_name, user_name_key, display_name,"
    " display_name_key, profile, role, permissions, stage, source, created_at, updated_at,"
    " staged_at, version)"
    " SELECT $1, id, 'm-' || id, 'm-' || id, 'Member', 'member', '{}', 'USER', '{}', 'STAGED',"
    " 'SCIM', now(), now(), now(), 1 FROM unnest($2::uuid[]) AS id"
)


@dataclass(frozen=True, slots=True)
class Large:
    """An organization with one large group between two small ones."""

    acme: Served
    pool: CountingPool
    member_ids: list[str]
    group_id: str
    small_ids: list[str]

    def reads_of_members(self) -> list[str]:
        """The statements since the last `clear` that read members of groups."""
        return [text for text, _ in self.pool.statements if _READS_MEMBERS.search(text)]


@pytest.fixture(scope="module")
async def large(database_url: str) -> AsyncIterator[Large]:
    """Made once; the tests put back what they change."""
    plain: World = await open_world(database_url)
    counted, pool = counting(plain.app)
    world = world_of(counted, pool)
    organization = await plain.organization()
    acme = Served(world, organization.organization_id, organization.key, organization.credential_id)
    ids = sorted(new_id() for _ in range(LARGE))
    await plain.app.pool.execute(_MEMBERS, acme.organization_id, ids)
    one = await organization.group(str(ids[0]))
    group_id = await factories.group(
        plain.app, acme.organization_id, member_ids=frozenset(ids), name="Large"
    )
    two = await organization.group(str(ids[1]))
    yield Large(acme, pool, [str(id_) for id_ in ids], str(group_id), [one.id, two.id])
    await plain.close()


async def test_a_large_group_is_streamed_whole(large: Large) -> None:
    answer = await large.acme.get(f"/Groups/{large.group_id}")

    assert answer.status == 200
    assert answer.chunks > 3
    assert "content-length" not in answer.headers
    assert answer.headers["etag"] == answer["meta"]["version"]
    assert answer["displayName"] == "Large"
    assert answer["members"][0] == {
        "value": large.member_ids[0],
        "$ref": f"{large.acme.base}/Users/{large.member_ids[0]}",
        "display": "Member",
        "type": "User",
    }
    assert [member["value"] for member in answer["members"]] == large.member_ids
    assert large.acme.log[-1].response_body is None


async def test_no_statement_reads_more_than_a_page_of_members(large: Large) -> None:
    large.pool.statements.clear()

    await large.acme.get(f"/Groups/{large.group_id}")

    reads = large.reads_of_members()
    assert 3 <= len(reads) <= 4
    assert all("LIMIT" in text for text in reads)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("attributes=members.value", {"value"}),
        ("attributes=members.value,displayName", {"value"}),
        ("excludedAttributes=members.$ref,members.type", {"value", "display"}),
    ],
)
async def test_parts_of_members_may_be_chosen_in_a_stream(
    large: Large, query: str, expected: set[str]
) -> None:
    answer = await large.acme.get(f"/Groups/{large.group_id}?{query}")

    assert answer.chunks > 3
    assert [set(member) for member in answer["members"]] == [expected] * LARGE


async def test_a_list_with_a_large_group_is_streamed_whole(large: Large) -> None:
    answer = await large.acme.get("/Groups?count=10")

    body = answer.json
    assert answer.chunks > 3
    assert (body["totalResults"], body["startIndex"], body["itemsPerPage"]) == (3, 1, 3)
    sizes = {group["id"]: len(group["members"]) for group in body["Resources"]}
    assert sizes == {large.small_ids[0]: 1, large.group_id: LARGE, large.small_ids[1]: 1}


@pytest.mark.parametrize(
    "path",
    [
        "/Groups/{}?excludedAttributes=members",
        "/Groups/{}?attributes=displayName",
        "/Groups?excludedAttributes=members&filter=displayName%20eq%20%22large%22",
        "/Groups?attributes=id",
    ],
)
async def test_members_that_are_not_shown_are_not_read(large: Large, path: str) -> None:
    large.pool.statements.clear()

    answer = await large.acme.get(path.format(large.group_id))

    assert answer.status == 200
    assert b"members" not in answer.body
    assert large.reads_of_members() == []


async def test_a_change_of_one_member_reads_no_others(large: Large) -> None:
    path, id_ = f"/Groups/{large.group_id}", large.member_ids[7]
    counts: list[int] = []
    for group in (path, f"/Groups/{large.small_ids[0]}"):
        await large.acme.patch(group, {"op": "remove", "path": f'members[value eq "{id_}"]'})
        large.pool.statements.clear()
        added = await large.acme.patch(
            group, {"op": "add", "path": "members", "value": [{"value": id_}]}
        )
        assert added.status == 204
        counts.append(len(large.pool.statements))
        assert all(len(str(arguments)) < 2000 for _, arguments in large.pool.statements)
    await large.acme.patch(
        f"/Groups/{large.small_ids[0]}", {"op": "remove", "path": "members", "value": [id_]}
    )

    assert counts[0] == counts[1]
    assert UUID(id_) in await large.acme.looks.group_members(UUID(large.group_id))


async def test_a_large_group_is_made_and_emptied_by_requests(large: Large) -> None:
    members = [{"value": id_} for id_ in large.member_ids]

    created = await large.acme.post("/Groups", {"displayName": "Copy", "members": members})
    emptied = await large.acme.put(f"/Groups/{created.id}", {"displayName": "Copy", "members": []})
    deleted = await large.acme.delete(f"/Groups/{created.id}")

    assert created.status == 201
    assert created.headers["location"] == created["meta"]["location"]
    assert len(created["members"]) == LARGE
    assert emptied["members"] == []
    assert deleted.status == 204
