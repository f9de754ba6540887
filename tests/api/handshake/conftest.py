"""A server and, in it, an organization that hands over a key, for the commands around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.database import DatabaseFactory
from tests.support.house import House, open_house
from tests.support.keyed_house import KeyedResident, keyed_resident


@pytest.fixture(scope="package")
def house(database_factory: DatabaseFactory, worker_id: str) -> Iterator[House]:
    with open_house(database_factory.clone(f"handshake_{worker_id}")) as made:
        yield made


@pytest.fixture
def harbour(house: House, tmp_path: Path) -> KeyedResident:
    return keyed_resident(house, tmp_path / "owner")
