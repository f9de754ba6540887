"""What the tables say of keys, and that it is one story with the history and with the oracle."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.keys.organization_key import unwrap
from domain.queries.paging import Window
from domain.queries.pending import PendingFilter, page_pending
from tests.support.key_pairs import keys

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.keys.organization_key import OrganizationKey
    from domain.queries.reader import Reader
    from tests.domain.key_oracle import KeyOracle

_EVENTS = (
    "SELECT sequence, action, subject_id, changes FROM audit_events WHERE organization_id = $1"
    " ORDER BY sequence"
)
_MEMBERS = (
    "SELECT m.*, a.public_key ->> 'kid' AS kid FROM members m"
    " LEFT JOIN accounts a ON a.id = m.account_id WHERE m.organization_id = $1"
)


@dataclass(frozen=True)
class KeyLooks:
    """Reads the tables of one organization by plain SQL, and its list of who waits."""

    reader: Reader
    organization_id: UUID

    async def _rows(self, sql: str, *values: Any) -> list[Any]:
        return list(await self.reader.source.fetch(sql, self.organization_id, *values))

    async def last_sequence(self) -> int:
        """Of the newest event."""
        found: int = (await self._rows(_EVENTS))[-1]["sequence"]
        return found

    async def newest(self, member_id: UUID) -> UUID:
        """The id of the member's newest invitation, whatever became of it."""
        sql = (
            "SELECT id FROM invitations WHERE organization_id = $1 AND member_id = $2"
            " ORDER BY id DESC LIMIT 1"
        )
        found: UUID = (await self._rows(sql, member_id))[0]["id"]
        return found

    async def compare(
        self, oracle: KeyOracle, ids: dict[str, UUID], made: list[OrganizationKey], began: int
    ) -> None:
        """All of it; `made` are the organization's keys, `began` the event before the first."""
        rows = {row["id"]: row for row in await self._rows(_MEMBERS)}
        (organization,) = await self._rows(
            "SELECT key_version, key_handshake FROM organizations WHERE id = $1"
        )
        required = organization["key_handshake"] == "REQUIRED"
        assert (organization["key_version"], required) == (oracle.version, oracle.required)
        waiting = await self._waiting(oracle)
        there = {ids[name]: each for name, each in oracle.people.items() if each.status}
        assert rows.keys() == there.keys()
        for id_, each in there.items():
            row = rows[id_]
            assert (row["stage"], row["revoked_at"] is not None) == (each.status, each.revoked)
            assert row["wrapped_key_version"] == each.version
            assert (id_ in waiting) is oracle.waits(each)
            self._compare_key(row, each.keys, made)
            # Whatever the oracle says: nobody is left without the key unseen.
            if required and row["stage"] == "CONFIRMED" and row["revoked_at"] is None:
                holds = row["wrapped_key_version"] == organization["key_version"]
                assert holds or id_ in waiting
        await self._compare_history(oracle, ids, rows, began)

    def _compare_key(self, row: Any, number: int | None, made: list[OrganizationKey]) -> None:
        """What counts as wrapped opens with the keys of now, to the key of its version."""
        if row["account_id"] is not None:
            assert row["kid"] == (None if number is None else keys(number).kid)
        if row["wrapped_key_version"]:
            assert row["stage"] == "CONFIRMED"
            assert number is not None
            assert row["wrapped_key_kid"] == row["kid"]
            key = unwrap(row["wrapped_organization_key"], keys(number).pair, self.organization_id)
            assert key == made[row["wrapped_key_version"] - 1]

    async def _waiting(self, oracle: KeyOracle) -> set[UUID]:
        wanted = PendingFilter(oracle.version if oracle.required else None)
        page = await page_pending(self.reader, self.organization_id, Window(100), wanted)
        found = [row.id for row in page.rows]
        assert len(found) == len(set(found))
        return set(found)

    async def _compare_history(
        self, oracle: KeyOracle, ids: dict[str, UUID], rows: dict[UUID, Any], began: int
    ) -> None:
        events = await self._rows(_EVENTS)
        since = [event for event in events if event["sequence"] > began]
        assert [event["action"] for event in since] == [action for _, action in oracle.events]
        names = {id_: name for name, id_ in ids.items()} | {self.organization_id: ""}
        for event, (name, _) in zip(since, oracle.events, strict=True):
            # Who was removed and invited again is another member.
            assert names.get(event["subject_id"], name) == name
        confirmed = Counter(
            event["subject_id"] for event in events if event["action"] == "member.confirmed"
        )
        assert all(number == 1 for number in confirmed.values())
        for id_, row in rows.items():
            assert (row["confirmed_at"] is not None) is (id_ in confirmed)
        told: dict[tuple[UUID, str], str | None] = {}
        for event in events:
            for change in event["changes"]:
                about = (event["subject_id"], change["attribute"])
                if about[1] in {"wrappedKeyVersion", "keyVersion", "wrappedKeyThumbprint"}:
                    assert told.get(about) in {change["before"], None}
                    told[about] = change["after"]
        for id_, row in rows.items():
            version = row["wrapped_key_version"]
            assert told.get((id_, "wrappedKeyVersion")) == (str(version) if version else None)
        version = told.get((self.organization_id, "keyVersion"))
        assert int(version or 0) == oracle.version
