"""Which of those who wait a command is to confirm."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from api.confirming.policy import Policy, PolicyError
from api.remote.work_list import Page, Waiting, WorkList


@dataclass(frozen=True, slots=True)
class Choice:
    """Everybody, unless addresses or a policy narrow it; `limit` is for one pass."""

    emails: tuple[str, ...] = ()
    policy: Policy | None = None
    limit: int | None = None
    phrase: str | None = None
    """Six words that the one who is named must have; None asks for none."""
    reason: str | None = None
    """ACCEPTED or REWRAP: only those who wait for this."""

    async def pages(self, work: WorkList) -> AsyncIterator[Page]:
        """Those who come into question, a page at a time."""
        if not self.emails:
            async for page in work.pages(reason=self.reason):
                yield page
        for email in self.emails:
            async for page in work.pages(email):
                # The search finds whatever begins so.
                same = [each for each in page.waiting if is_address(each.email, email)]
                yield Page(page.place, same)

    async def in_groups(self, work: WorkList) -> frozenset[str]:
        """Who of those who wait are in one of the policy's groups. Raises PolicyError."""
        found: set[str] = set()
        for name in () if self.policy is None else self.policy.groups:
            ids = await work.ids_in_group(name)
            if ids is None:
                raise PolicyError(f"The policy names the group {name!r}, and there is none.")
            found |= ids
        return frozenset(found)

    def why_not(self, waiting: Waiting, in_groups: frozenset[str]) -> str | None:
        """Why somebody is left alone, or None."""
        if self.phrase is not None and self.phrase != waiting.fingerprint:
            return "has another fingerprint than the one given"
        return None if self.policy is None else self.policy.why_not(waiting, in_groups)


def is_address(have: str | None, wanted: str) -> bool:
    """Whether they are one address, in whatever case."""
    return have is not None and have.casefold() == wanted.casefold()
