"""Those who were named by address and do not wait for a confirmation: why not."""

from __future__ import annotations

from collections.abc import Iterable

from api.confirming.outcome import Outcome, Result
from api.remote.work_list import WorkList


async def outcomes_of_absent(work: WorkList, emails: Iterable[str]) -> list[Outcome]:
    """One outcome for each: done already, or not to be done. Raises RemoteError."""
    found = []
    for email in emails:
        id_, standing = await work.standing_of(email)
        if standing.settled:
            found.append(Outcome(id_, email, Result.UNCHANGED, message="is confirmed already"))
        elif standing.status is None:
            found.append(Outcome(None, email, Result.REFUSED, message="is no member"))
        else:
            message = f"does not wait for a confirmation: {standing.status}"
            found.append(Outcome(id_, email, Result.REFUSED, message=message))
    return found
