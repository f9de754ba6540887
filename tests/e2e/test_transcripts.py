"""Plays recorded flows of identity providers, where they are at hand, against a real server.

They are looked for in the folder that ROLLCALL_TRANSCRIPTS names, else in `shared/transcripts`
beside the checkout; their `replay.py` sends the steps and judges the answers.
"""

from __future__ import annotations

import json
import os
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from domain.vocabulary import IdentityProvider
from tests.support.house import House

BESIDE = Path(__file__).parents[2].parent / "shared" / "transcripts"
FOLDER = Path(os.environ.get("ROLLCALL_TRANSCRIPTS") or BESIDE)
FILES = sorted(FOLDER.glob("*.json")) if (FOLDER / "replay.py").is_file() else []
PROVIDERS = {
    "entra": IdentityProvider.ENTRA_ID,
    "okta": IdentityProvider.OKTA,
    "onelogin": IdentityProvider.ONELOGIN,
    "jumpcloud": IdentityProvider.JUMPCLOUD,
    "ping": IdentityProvider.PING,
    "google": IdentityProvider.GOOGLE,
    "rippling": IdentityProvider.RIPPLING,
    "authentik": IdentityProvider.AUTHENTIK,
    "keycloak": IdentityProvider.KEYCLOAK,
    "generic": None,
}

pytestmark = pytest.mark.skipif(not FILES, reason=f"no transcripts with a replay.py in {FOLDER}")


@pytest.fixture(scope="module")
def replay() -> Any:
    """The player that comes with the transcripts."""
    spec = spec_from_file_location("transcript_replay", FOLDER / "replay.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recorded_flow_is_answered_as_its_provider_expects(
    house: House, replay: Any, path: Path
) -> None:
    transcript = json.loads(path.read_text())
    acme = house.resident(PROVIDERS[transcript["idp"]])
    neighbour = house.resident()
    before = neighbour.contents()

    statuses: list[int] = []

    def send(*request: Any) -> Any:
        answer = replay.http_send(*request)
        statuses.append(answer[0])
        return answer

    steps = list(replay.run(transcript, send, acme.base, acme.key))

    problems = {
        f"{step['step']} {step['name']}": found
        for step, found, _ in steps
        if found and not step.get("optional")
    }
    assert problems == {}
    assert max(statuses) < 500 or set(statuses) <= {*range(200, 500), 501}
    acme.wait_for_seal()
    acme.requests(len(statuses))
    assert neighbour.contents() == before
