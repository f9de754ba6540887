"""The bare statements are the server's own, whatever these are by now."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from bench.reference import Work, _changes, _creates
from domain.ids import new_id
from domain.model.member import Member
from domain.vocabulary import Stage

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ORGANIZATION = new_id()
PEOPLE = [(new_id(), "ada")]


class Answering:
    """In place of a connection: a member of version 7, whatever is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    async def fetch(self, text: str, *arguments: Any) -> list[dict[str, int]]:
        self.asked.append((text, arguments))
        return [{"version": 7}]


async def asked_by(works: Iterator[Work]) -> list[tuple[str, tuple[Any, ...]]]:
    connection = Answering()
    for work in islice(works, 1):
        await work(connection)
    return connection.asked


async def test_a_create_is_one_statement() -> None:
    ((text, _),) = await asked_by(_creates(ORGANIZATION))

    assert "INSERT INTO members" in text
    assert "INSERT INTO audit_events" in text
    assert "INSERT INTO invitations" in text


@pytest.mark.parametrize(
    ("change", "stage", "beside"),
    [
        (Member.revoke, Stage.INVITED, "UPDATE invitations"),
        (Member.confirm, Stage.ACCEPTED, "INSERT INTO mails"),
    ],
)
async def test_a_change_is_a_look_and_a_write_of_the_next_version(
    change: Any, stage: Stage, beside: str
) -> None:
    (look, _), (write, arguments) = await asked_by(_changes(ORGANIZATION, PEOPLE, change, stage))

    assert "SELECT members" in look
    assert "UPDATE members" in write
    assert beside in write
    assert (7 in arguments, 8 in arguments) == (True, True)
