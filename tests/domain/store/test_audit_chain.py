"""The form in which events are hashed: RFC 8785, whatever an event says."""

import asyncio
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.ids import new_id
from domain.model.audit_event import GENESIS_HASH, canonical_json, seal
from domain.queries.audit_verification import verify_chain
from domain.store.audit_chain import EPOCH, Head, SealedBatch, hash_event
from domain.store.pool import open_pool
from domain.store.sealer import seal_pending
from tests.support.database import ROW_SECURITY

# Whatever PostgreSQL can store as text.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
INSTANTS = st.integers(0, 7 * 10**15).map(lambda passed: EPOCH + timedelta(microseconds=passed))
CHANGES = st.lists(
    st.fixed_dictionaries(
        {"attribute": TEXT, "before": st.none() | TEXT, "after": st.none() | TEXT}
    ),
    max_size=4,
)
EVENTS = st.fixed_dictionaries(
    {
        "organization_id": st.uuids().map(str),
        "id": st.uuids().map(str),
        "sequence": st.integers(1, 2**53 - 1),
        "recorded_at": INSTANTS,
        "action": TEXT,
        "actor_id": st.none() | st.uuids().map(str),
        "actor_label": TEXT,
        "actor_ip": st.none() | TEXT,
        "subject_label": TEXT,
        "changes": CHANGES,
    }
)
INSERT = """
INSERT INTO audit_events (organization_id, id, recorded_at, action, origin, actor_kind, actor_label,
  subject_kind, subject_id, subject_label, changes, correlation_id, request_id)
VALUES ($1, gen_random_uuid(), $2, $3, 'SCIM', 'SYSTEM_PROCESS', $4, 'MEMBER', gen_random_uuid(),
  $5, $6, gen_random_uuid(), gen_random_uuid())
"""


@given(EVENTS, INSTANTS)
def test_an_event_is_hashed_in_canonical_json(event: dict[str, Any], occurred_at: datetime) -> None:
    organization_id, before = new_id(), b"\x07" * 32
    expected = dict(event) | {
        name: instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        for name, instant in (("recorded_at", event["recorded_at"]), ("occurred_at", occurred_at))
    }

    hashed = hash_event(organization_id, 12, before, occurred_at, event)

    text = rfc8785.dumps(expected)
    prefix = b"rollcall-audit-1" + organization_id.bytes + (12).to_bytes(8, "big") + before
    assert hashed == sha256(prefix + text).digest()
    assert canonical_json(expected) == text


@given(st.lists(EVENTS, min_size=1, max_size=6), st.data())
def test_a_batch_may_be_cut_anywhere(events: list[dict[str, Any]], data: st.DataObject) -> None:
    organization_id = new_id()
    whole = SealedBatch(organization_id, Head(), events)
    cut = data.draw(st.integers(0, len(events)))

    first = SealedBatch(organization_id, Head(), events[:cut])
    second = SealedBatch(organization_id, first.head, events[cut:])

    assert first.hashes + second.hashes == whole.hashes
    assert second.head == whole.head
    assert whole.occurred == sorted(whole.occurred)
    assert all(
        moment >= event["recorded_at"] for moment, event in zip(whole.occurred, events, strict=True)
    )


def test_an_empty_batch_moves_nothing() -> None:
    assert SealedBatch(new_id(), Head(), []).head == Head(0, GENESIS_HASH, EPOCH)


def test_position_organization_and_past_are_part_of_the_hash() -> None:
    one, other = new_id(), new_id()
    sealed = seal(one, 1, GENESIS_HASH, {"a": "b"})

    assert len({
        sealed,
        seal(other, 1, GENESIS_HASH, {"a": "b"}),
        seal(one, 2, GENESIS_HASH, {"a": "b"}),
        seal(one, 1, sealed, {"a": "b"}),
        seal(one, 1, GENESIS_HASH, {"a": None}),
    }) == 5  # fmt: skip


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(INSTANTS, TEXT, TEXT, CHANGES), min_size=1, max_size=20))
def test_what_the_database_returns_has_the_hash_of_what_was_sealed(
    database_url: str, events: list[tuple[datetime, str, str, Any]]
) -> None:
    async def seal_and_verify() -> None:
        organization = new_id()
        pool = await open_pool(database_url, size=2, row_security=ROW_SECURITY)
        away = timezone(timedelta(hours=5, minutes=30))
        for moment, label, subject, changes in events:
            await pool.execute(
                INSERT,
                organization,
                moment.astimezone(away),
                "member.updated",
                label,
                subject,
                changes,
            )
        await seal_pending(pool)
        assert await verify_chain(pool, organization) is None
        rows = await pool.fetch(
            "SELECT position FROM audit_events WHERE organization_id = $1 ORDER BY sequence",
            organization,
        )
        assert [row[0] for row in rows] == list(range(1, len(events) + 1))
        await pool.close()

    asyncio.run(seal_and_verify())
