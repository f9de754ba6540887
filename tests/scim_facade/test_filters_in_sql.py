"""Filters in SQL against the reference: the same users as `matches` finds in their documents."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given

from scim_facade.protocol.dialect import Warnings
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.evaluation import matches
from scim_facade.protocol.filter_semantics import check_filter
from scim_facade.protocol.grammar import parse_filter
from scim_facade.protocol.schemas import USER_RESOURCE
from tests.scim_facade.filter_samples import filters, person
from tests.scim_facade.protocol.strategies import print_filter
from tests.support.blocking import Blocking, blocking
from tests.support.effort import examples
from tests.support.scim import MEMBERSHIP, Tenant, world_of

PEOPLE = 40
NOT_SEARCHABLE = {
    "Compare ids of members and groups by eq or ne only.",
    "Find members and groups by value eq only.",
}


class Crowd:
    """An organization full of people, and the documents that they are read as."""

    def __init__(
        self,
        runner: Blocking,
        acme: Tenant,
        documents: list[dict[str, Any]],
        words: dict[str, str],
    ) -> None:
        self.runner = runner
        self.acme = acme
        self.documents = documents
        self.words = words

    def __repr__(self) -> str:
        return "a crowd"


@pytest.fixture(scope="module")
def crowd(database_url: str) -> Iterator[Crowd]:
    """Forty people, some of them in two groups."""
    with blocking(database_url) as runner:
        yield runner.run(_crowd(runner))


async def _crowd(runner: Blocking) -> Crowd:
    random = Random(20_011)  # noqa: S311 - not for secrets
    acme = await world_of(runner.app).tenant()
    ids = []
    for number in range(PEOPLE):
        answer = await acme.post("/Users", person(number, random))
        assert answer.status == 201, answer.body
        ids.append(answer.id)
    first = await acme.group(*ids[::3])
    second = await acme.group(*ids[::4])
    for id_ in ids[::5]:
        await acme.patch(f"/Users/{id_}", {"op": "add", "path": "title", "value": "ada"})
    documents = (await acme.get("/Users?count=1000"))["Resources"]
    standings = (await acme.get(f"/Users?count=1000&attributes={MEMBERSHIP}"))["Resources"]
    for document, standing in zip(documents, standings, strict=True):
        document[MEMBERSHIP] = standing[MEMBERSHIP]
    assert [document["id"] for document in documents] == ids
    words = {"<group 0>": first.id, "<group 1>": second.id}
    for number, document in enumerate(documents[::20]):
        words[f"<instant {number}>"] = document["meta"]["lastModified"]
    return Crowd(runner, acme, documents, words)


@examples(250)
@given(filters.map(print_filter))
def test_sql_and_reference_find_the_same(crowd: Crowd, text: str) -> None:
    for placeholder, value in crowd.words.items():
        text = text.replace(placeholder, value)
    answer = crowd.runner.run(crowd.acme.get(f"/Users?count=1000&filter={quote(text)}"))

    if answer.status == 400:
        assert answer.error() == (400, "invalidFilter")
        if answer["detail"] in NOT_SEARCHABLE:
            return
    tree = _checked(text)
    if tree is None:
        assert answer.error() == (400, "invalidFilter")
        return
    expected = [document["id"] for document in crowd.documents if matches(tree, document)]
    assert answer.status == 200, answer.body
    assert [document["id"] for document in answer["Resources"]] == expected, text
    assert answer["totalResults"] == len(expected)


def _checked(text: str) -> Any:
    """The tree, or None where the protocol refuses the filter."""
    try:
        return check_filter(parse_filter(text, Warnings()), USER_RESOURCE)
    except ScimError:
        return None
