"""An organization full of people, for tests that compare what filters find."""

from __future__ import annotations

from random import Random
from typing import Any
from urllib.parse import quote

from tests.scim_facade.filter_samples import person
from tests.support.blocking import Blocking
from tests.support.scim import MEMBERSHIP, ScimAnswer, Served, world_of

PEOPLE = 40
# What the facade says of filters that it could only answer by reading everybody.
NOT_SEARCHABLE = frozenset(
    {
        "Compare ids of members and groups by eq or ne only.",
        "Find members and groups by value eq only.",
    }
)


class Crowd:
    """An organization full of people, and the documents that they are read as."""

    def __init__(
        self,
        runner: Blocking,
        acme: Served,
        documents: list[dict[str, Any]],
        words: dict[str, str],
    ) -> None:
        self.runner = runner
        self.acme = acme
        self.documents = documents
        self.words = words

    def __repr__(self) -> str:
        return "a crowd"

    def spelled(self, text: str) -> str:
        """A generated filter with what is known only now in place of its placeholders."""
        for placeholder, value in self.words.items():
            text = text.replace(placeholder, value)
        return text

    def find(self, text: str) -> ScimAnswer:
        """What the facade answers to the filter, read through SQL."""
        return self.runner.run(self.acme.get(f"/Users?count=1000&filter={quote(text)}"))


async def gather(runner: Blocking) -> Crowd:
    """Forty people, some of them in two groups."""
    random = Random(20_011)  # noqa: S311 - not for secrets
    acme = await world_of(runner.app).organization()
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
