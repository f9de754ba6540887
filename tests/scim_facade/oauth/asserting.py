"""Claims that prove the workload of the tests, and a look at what a wrong assertion leaves."""

from __future__ import annotations

from typing import Any

from tests.support.oauth import Client, Door, until
from tests.support.scim import PUBLIC_URL

TOKEN_URL = f"{PUBLIC_URL}/oauth/token"
SUBJECT = "1c2f77d4-9a4c-4a7f-8c0a-3c9b1d5a7e10"


def good(**claims: Any) -> dict[str, Any]:
    """Claims that prove the robot, but for `claims`."""
    return {"sub": SUBJECT, "aud": TOKEN_URL} | claims


async def is_refused(door: Door, client: Client, assertion: str, reason: str) -> None:
    """The answer says nothing; the organization's log has a sentence with `reason`."""
    before = len(client.organization.log)
    answer = await door.ask(client.asserting(assertion))

    assert (answer.status, answer["error"]) == (401, "invalid_client")
    assert answer["error_description"] == "The client is unknown or did not prove itself."
    await until(lambda: len(client.organization.log) > before)
    entry = client.organization.log[-1]
    assert reason in str(entry.detail)
    assert reason not in str(entry.response_body)
    assert assertion not in str(entry)
