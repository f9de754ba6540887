"""The player of transcripts sees every departure: otherwise its flows would pass on anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e import transcript as transcripts
from tests.e2e.player import MISSING, Answer, Player, at, departs
from tests.e2e.transcript import FOLDER, Step

DOCUMENT = {"a": [{"b": 1}, {"b": True}, {}], "c/d": None, "e": "", "members": []}


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", DOCUMENT),
        ("/a/0/b", 1),
        ("/a/*/b", [1, True]),
        ("/c~1d", None),
        ("/e", ""),
        ("/members", []),
        ("/members/*/value", []),
        ("/a/3", MISSING),
        ("/e/f", MISSING),
        ("/f", MISSING),
    ],
)
def test_a_pointer_finds_what_is_there_and_nothing_else(pointer: str, found: Any) -> None:
    assert at(DOCUMENT, pointer) == found


@pytest.mark.parametrize(
    ("wanted", "right", "wrong"),
    [
        (True, True, 1),
        (1, 1, "1"),
        ([], [], None),
        ([], [], MISSING),
        ([1, 2], [1, 2], [2, 1]),
        ({"$set": [1, 2]}, [2, 1], [1, 2, 2]),
        ({"$set": []}, [], MISSING),
        ({"$type": "integer"}, 3, True),
        ({"$type": "integer"}, 3, 3.0),
        ({"$type": "boolean"}, False, 0),
        ({"$type": "string"}, "", None),
        ({"$absent": True}, MISSING, None),
        ({"$not": "old"}, "new", "old"),
        ({"$not": "old"}, "new", MISSING),
    ],
)
def test_a_departure_is_seen(wanted: Any, right: Any, wrong: Any) -> None:
    assert departs(right, wanted) is None
    assert departs(wrong, wanted) is not None


def test_a_step_is_judged_by_status_body_and_headers() -> None:
    player = Player("http://127.0.0.1:1/v2/o", "secret")
    player.known["id"] = 'W/"1"'
    step = Step(
        name="read",
        call="GET /Users/${id}?x",
        status=200,
        answer={"/id": "${id}"},
        headers_answered={"ETag": "${id}"},
    )

    assert player.judge(step, Answer(200, {"etag": 'W/"1"'}, {"id": 'W/"1"'})) == []
    assert len(player.judge(step, Answer(200, {}, {"id": 'W/"2"'}))) == 2
    assert len(player.judge(step, Answer(201, {"etag": 'W/"1"'}, {"id": 'W/"1"'}))) == 1
    assert (step.method, step.operation) == ("GET", "GET /Users/{id}")


@pytest.mark.parametrize("place", ["file", "step", "end"])
def test_what_nobody_understands_is_no_expectation(place: str) -> None:
    data = json.loads((FOLDER / "authentik.json").read_text())
    {"file": data, "step": data["steps"][0], "end": data["leaves"]}[place]["anwser"] = {}

    with pytest.raises(TypeError, match="anwser"):
        transcripts.parse("misspelt", data)
