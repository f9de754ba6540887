"""What guides say a provider sends, and what comes of it, is what its transcripts play."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.vocabulary import IdentityProvider
from tests.docs.pages import DOCS, INDEX, ROOT, blocks
from tests.e2e import transcript as transcripts
from tests.e2e.transcript import Step, Transcript

GUIDES = sorted(DOCS.glob("guides/*.md"))
NAMED = re.compile(r"^<!-- transcripts: (?P<names>.+) -->$", re.MULTILINE)
CHOSEN = re.compile(r"rollcall scim set --organization \"[^\"]+\" --provider (?P<provider>\w+)\n")
CALL = re.compile(r"`(?P<method>GET|POST|PUT|PATCH|DELETE)(?: (?P<path>/[\w/{}]+))?")
OUTCOMES = {
    "INVITED": "member.invited",
    "REVOKED": "member.revoked",
    "member updated": "member.updated",
    "back to the status before": "member.restored",
    "[removed]": "member.removed",
    "group created": "group.created",
    "group renamed": "group.updated",
    "members added and removed": "group.members_changed",
    "group deleted": "group.deleted",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of events: calls such as `PUT /Users/{id}`, or a method alone."""

    event: str
    calls: tuple[str, ...]
    here: str


def transcripts_of(guide: Path) -> list[Transcript]:
    """The flows that a guide rests on."""
    match = NAMED.search(guide.read_text())
    assert match is not None, f"{guide.name} names no transcripts"
    return [transcripts.read(name) for name in match["names"].split(", ")]


def rows_of(guide: Path) -> list[Row]:
    """What the guide says the provider does."""
    section = guide.read_text().partition("\n## 4. ")[2].partition("\n## 5. ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return [Row(event, calls_in(sent), here) for event, sent, here in cells[1:]]


def calls_in(text: str) -> tuple[str, ...]:
    """The calls that a text names in code."""
    found = CALL.finditer(text)
    return tuple(" ".join(filter(None, (one["method"], one["path"]))) for one in found)


def is_one_of(step: Step, calls: tuple[str, ...]) -> bool:
    """Whether a step is a call that was named, as a whole or by its method alone."""
    return step.operation in calls or step.method in calls


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_call_of_a_guide_is_played(guide: Path) -> None:
    steps = [step for flow in transcripts_of(guide) for step in flow.steps]

    named = {call for row in rows_of(guide) for call in row.calls}
    assert len(named) >= 4
    for call in named:
        assert any(is_one_of(step, (call,)) for step in steps), call


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_what_comes_of_a_call_is_what_the_guide_says(guide: Path) -> None:
    steps = [step for flow in transcripts_of(guide) for step in flow.steps]
    checked = set()

    for row in rows_of(guide):
        outcomes = {event for words, event in OUTCOMES.items() if words in row.here}
        if row.calls:
            caused = {
                event for step in steps if is_one_of(step, row.calls) for event in step.history
            }
            assert outcomes <= caused, row
            checked |= outcomes
    assert {"member.invited", "member.updated", "member.revoked", "member.restored"} <= checked


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_change_that_is_played_is_in_the_guide(guide: Path) -> None:
    calls = tuple(call for row in rows_of(guide) for call in row.calls)

    for flow in transcripts_of(guide):
        for step in flow.steps:
            assert not step.history or step.status >= 400 or is_one_of(step, calls), step.name


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_chooses_the_provider_of_its_transcripts(guide: Path) -> None:
    chosen = {IdentityProvider(match["provider"]) for match in CHOSEN.finditer(guide.read_text())}

    assert chosen == {flow.provider for flow in transcripts_of(guide)}
    assert len(chosen) == 1


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_is_found_and_says_how_far_it_is_tested(guide: Path) -> None:
    text = guide.read_text()

    assert "**How far this is tested.**" in text
    assert f"](guides/{guide.name})" in INDEX.read_text()
    assert f"](docs/guides/{guide.name})" in (ROOT / "README.md").read_text()
    for block in blocks(guide):
        if block.info[:1] == ("json",):
            json.loads(block.text)


def test_every_provider_has_a_guide() -> None:
    guided = {flow.provider for guide in GUIDES for flow in transcripts_of(guide)}

    assert guided == set(IdentityProvider) - {IdentityProvider.OTHER}


def test_what_a_provider_sends_is_read_from_a_cell() -> None:
    assert calls_in("a search, then `POST /Users`; `PUT /Users/{id}` with `active: false`") == (
        "POST /Users",
        "PUT /Users/{id}",
    )
    assert calls_in("`GET /Users?startIndex=1&count=2`, `PATCH` (catalog), `PATCH active` and") == (
        "GET /Users",
        "PATCH",
        "PATCH",
    )
