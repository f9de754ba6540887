"""From the answer to the call in the log, and from there to what it changed, each call apart."""

from __future__ import annotations

from domain.ids import UUID
from domain.vocabulary import Rehire
from tests.scim_facade.people import FULL, ada, people
from tests.support.scim import Served

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
Told = list[tuple[str, list[str]]]


async def told(acme: Served) -> Told:
    """Each call of the log with the actions of the events that carry its id, in order."""
    rows = await acme.looks.rows(
        "SELECT correlation_id, request_id, action FROM audit_events WHERE organization_id = $1"
        " AND origin = 'SCIM' ORDER BY sequence"
    )
    assert all(row["correlation_id"] == row["request_id"] for row in rows)
    calls = [
        (
            f"{entry.method} {entry.operation}",
            [row["action"] for row in rows if row["correlation_id"] == entry.correlation_id],
        )
        for entry in acme.log
    ]
    assert sum(len(actions) for _, actions in calls) == len(rows)
    return calls


async def test_every_answer_names_its_call(acme: Served) -> None:
    created = await acme.user()
    answers = [
        created,
        await acme.get(f"/Users/{created.id}"),
        await acme.get(f"/Users/{created.id}", if_none_match="*"),
        await acme.post("/Users", b"{"),
        await acme.get("/nothing"),
        await acme.request("OPTIONS", "/Users"),
        await acme.delete(f"/Users/{created.id}"),
    ]

    named = [UUID(answer.headers["x-request-id"]) for answer in answers]
    assert named == [entry.id for entry in acme.log] == [e.correlation_id for e in acme.log]
    assert len(set(named)) == 7


async def test_a_call_without_key_is_named_too(acme: Served) -> None:
    one = await acme.request("GET", "/Users", None, {"authorization": None})
    other = await acme.request("GET", "/Users", None, {"authorization": None})

    assert UUID(one.headers["x-request-id"]) != UUID(other.headers["x-request-id"])


async def test_all_events_of_a_call_have_its_id(acme: Served) -> None:
    await acme.settings(rehire=Rehire.RESTORE)
    id_ = await ada(acme)
    path = f"/Users/{id_}"
    (other,) = await people(acme, 1)
    emails = [{"value": "ada@new.example", "primary": True}]
    await acme.put(path, FULL | {"emails": emails})
    await acme.patch(path, {"op": "replace", "path": "active", "value": False})
    await acme.post("/Users", FULL | {"emails": emails, "title": "Countess"})
    group = await acme.group(id_, name="Engines")
    await acme.put(f"/Groups/{group.id}", {"displayName": "Looms", "members": [{"value": other}]})
    await acme.patch(
        f"/Groups/{group.id}", {"op": "add", "path": "members", "value": [{"value": id_}]}
    )
    await acme.delete(f"/Groups/{group.id}")
    await acme.delete(path)
    await acme.get(path)

    assert await told(acme) == [
        ("POST CREATE", ["member.invited"]),
        ("POST CREATE", ["member.invited"]),
        ("PUT REPLACE", ["member.updated", "member.reinvited"]),
        ("PATCH PATCH", ["member.revoked"]),
        ("POST CREATE", ["member.updated", "member.restored"]),
        ("POST CREATE", ["group.created", "group.members_changed"]),
        ("PUT REPLACE", ["group.updated", "group.members_changed"]),
        ("PATCH PATCH", ["group.members_changed"]),
        ("DELETE DELETE", ["group.deleted"]),
        ("DELETE DELETE", ["member.removed"]),
        ("GET READ", []),
    ]


async def test_each_operation_of_bulk_is_a_call_of_its_own(acme: Served) -> None:
    id_ = await ada(acme)
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "b", "data": {"userName": "bob@x.example"}},
        {
            "method": "PATCH",
            "path": f"/Users/{id_}",
            "data": {"Operations": [{"op": "replace", "path": "title", "value": "T"}]},
        },
        {
            "method": "POST",
            "path": "/Groups",
            "bulkId": "g",
            "data": {"displayName": "G", "members": [{"value": "bulkId:b"}]},
        },
        {"method": "POST", "path": "/Users", "bulkId": "c", "data": {"userName": "ada"}},
        {"method": "DELETE", "path": f"/Users/{id_}"},
    ]

    answer = await acme.post("/Bulk", {"schemas": [BULK], "Operations": operations})

    assert answer.status == 200
    assert await told(acme) == [
        ("POST CREATE", ["member.invited"]),
        ("POST CREATE", ["member.invited"]),
        ("PATCH PATCH", ["member.updated"]),
        ("POST CREATE", ["group.created", "group.members_changed"]),
        ("POST CREATE", []),
        ("DELETE DELETE", ["member.removed"]),
        ("POST BULK", []),
    ]
    assert [list(entry.changed_attributes) for entry in acme.log[1:]] == [
        ["userName", "emails"],
        ["title"],
        ["displayName", "members (+1)"],
        [],
        [],
        [],
    ]
