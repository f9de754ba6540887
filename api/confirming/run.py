"""One pass over the work list: chooses, wraps, confirms, and says what came of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from api.confirming.choice import Choice
from api.confirming.hourly_budget import HourlyBudget
from api.confirming.key_source import KeySource
from api.confirming.outcome import Outcome, Result
from api.remote.errors import NotLetIn, Refused, RemoteError, Stopped
from api.remote.work_list import Place, Waiting, WorkList
from domain.keys.organization_key import wrap

BATCH = 100
"""At most 500 are allowed; so many take a second or two, where an operation may take ten."""
SWEEPS = 3
READ_AGAIN = frozenset({"KEY_MISMATCH", "KEY_REQUIRED", "INVALID", "VERSION_CONFLICT"})
"""Something changed since it was read: read again, and try again.

The second and third are said of who is confirmed while the handshake is switched on or off.
"""
REFUSED_FOR_S = 900.0
"""Who was refused is tried again after this time, or as soon as they change."""

Report = Callable[[Outcome], None]


@dataclass(slots=True)
class Tally:
    """How many there were of each result."""

    counts: Counter[Result] = field(default_factory=Counter)
    busy: int = 0
    """Chosen so far, for the limit."""


class ConfirmingRun:
    """Confirms who is chosen; may be run again and again, and says of nobody the same thing twice.

    `keys` None is for a dry run alone. `stopping` is asked between batches.
    """

    def __init__(
        self,
        work: WorkList,
        choice: Choice,
        keys: KeySource | None,
        budget: HourlyBudget,
        report: Report,
        *,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.budget = budget
        self._work = work
        self._choice = choice
        self._keys = keys
        self._report = report
        self._stopping = stopping
        self._said: dict[str, str] = {}
        self._heard: set[str] = set()
        self._labels: dict[str, Waiting] = {}
        self._refused: dict[tuple[str, int, str | None], float] = {}

    def has_heard_of(self, email: str) -> bool:
        """Whether something was said of somebody with that address."""
        return email.casefold() in self._heard

    async def once(self) -> Tally:
        """One pass. Raises Unreachable (go on with another pass), WrongVersion, RemoteError."""
        tally = Tally()
        await self._recover(tally)
        in_groups = await self._choice.in_groups(self._work)
        again = await self._sweep(tally, in_groups, only=None)
        for _ in range(SWEEPS - 1):
            if not again:
                break
            again = await self._sweep(tally, in_groups, only=again)
        await self._give_up(tally, again)
        return tally

    async def _recover(self, tally: Tally) -> None:
        """Find out about those who were asked for when an answer got lost."""
        ids = self.budget.open_ids()
        if not ids:
            return
        standings = await self._work.standings(ids)
        settled = {id_ for id_, standing in standings.items() if standing.settled}
        for id_ in self.budget.recover(settled):
            known = self._labels.get(id_)
            message = "found so after an answer was lost"
            if known is None:
                self._tell(tally, Outcome(id_, id_, Result.CONFIRMED, message=message))
            else:
                self._tell(tally, Outcome.of(known, _done(known), message))

    async def _sweep(
        self, tally: Tally, in_groups: frozenset[str], only: dict[str, Outcome] | None
    ) -> dict[str, Outcome]:
        """Everybody on the list, or `only` some of them; those to be tried again."""
        again = dict(only or {})
        batch: list[Waiting] = []
        place = self._work.place
        async for page in self._choice.pages(self._work):
            place = page.place
            for waiting in page.waiting:
                if only is not None and waiting.id not in only:
                    continue
                again.pop(waiting.id, None)
                if self._is_chosen(tally, place, waiting, in_groups):
                    batch.append(waiting)
            while len(batch) >= BATCH:
                again |= await self._send(tally, place, batch[:BATCH])
                batch = batch[BATCH:]
            if self._is_full(tally):
                break
        return again | await self._send(tally, place, batch)

    def _is_full(self, tally: Tally) -> bool:
        return self._choice.limit is not None and tally.busy >= self._choice.limit

    def _is_chosen(
        self, tally: Tally, place: Place, waiting: Waiting, in_groups: frozenset[str]
    ) -> bool:
        if self._is_full(tally) or self._was_refused(waiting):
            return False
        why_not = self._choice.why_not(waiting, in_groups)
        if why_not is None and place.hands_over_key and waiting.public_key is None:
            why_not = "has no key pair yet, and makes one with rollcall key setup"
        if why_not is not None:
            self._tell(tally, Outcome.of(waiting, Result.LEFT, why_not))
            return False
        tally.busy += 1
        return True

    async def _send(
        self, tally: Tally, place: Place, batch: Sequence[Waiting]
    ) -> dict[str, Outcome]:
        """Confirm a batch; those whom the server wants read again."""
        allowed = self.budget.left(each.id for each in batch)
        for waiting in batch:
            if waiting.id not in allowed:
                self._tell(tally, Outcome.of(waiting, Result.LEFT, "this hour's budget is spent"))
        members = await self._inputs(tally, place, [each for each in batch if each.id in allowed])
        if not members or self._keys is None:
            return {}
        if self._stopping():
            raise Stopped
        of = {each.id: each for each in batch}
        self._labels |= of
        ids = [member["memberId"] for member in members]
        self.budget.reserve(ids)
        try:
            results = await self._work.confirm(members)
        except (Refused, NotLetIn):
            self.budget.settle((), ids)
            raise
        changed = {result["memberId"] for result in results if result["changed"]}
        self.budget.settle(changed, [id_ for id_ in ids if id_ not in changed])
        return self._results(tally, of, results)

    async def _inputs(
        self, tally: Tally, place: Place, batch: Sequence[Waiting]
    ) -> list[dict[str, Any]]:
        """What the mutation takes of each whose key is proven."""
        members: list[dict[str, Any]] = []
        for waiting in batch:
            member: dict[str, Any] = {"memberId": waiting.id, "expectedVersion": waiting.version}
            if place.hands_over_key:
                try:
                    public_key = waiting.proven_key()
                except RemoteError as error:
                    self._refuse(tally, Outcome.of(waiting, Result.REFUSED, str(error)), waiting)
                    continue
                if self._keys is not None:
                    key = await self._keys.key(place)
                    member["wrappedOrganizationKey"] = wrap(key, public_key)
                    member["publicKeyThumbprint"] = public_key.kid
            if self._keys is None:
                self._tell(tally, Outcome.of(waiting, Result.WOULD_CONFIRM))
            members.append(member)
        return members

    def _results(
        self, tally: Tally, of: dict[str, Waiting], results: Iterable[dict[str, Any]]
    ) -> dict[str, Outcome]:
        again: dict[str, Outcome] = {}
        for result in results:
            waiting = of[result["memberId"]]
            if errors := result["errors"]:
                message = " ".join(error["message"] for error in errors)
                code = errors[0]["code"]
                outcome = Outcome.of(waiting, Result.REFUSED, message, code)
                if code in READ_AGAIN:
                    again[waiting.id] = outcome
                    tally.busy -= 1
                else:
                    self._refuse(tally, outcome, waiting)
            else:
                found = _done(waiting) if result["changed"] else Result.UNCHANGED
                self._tell(tally, Outcome.of(waiting, found))
        return again

    async def _give_up(self, tally: Tally, again: dict[str, Outcome]) -> None:
        """Say what became of those who never could be read and confirmed in one state."""
        standings = await self._work.standings(again) if again else {}
        for id_, outcome in again.items():
            if standings[id_].settled:
                found = Outcome.of(self._labels[id_], Result.UNCHANGED, "was confirmed meanwhile")
                self._tell(tally, found)
            else:
                self._refuse(tally, outcome, self._labels[id_])

    def _refuse(self, tally: Tally, outcome: Outcome, waiting: Waiting) -> None:
        self._refused[_state(waiting)] = monotonic()
        self._tell(tally, outcome)

    def _was_refused(self, waiting: Waiting) -> bool:
        since = self._refused.get(_state(waiting))
        return since is not None and monotonic() - since < REFUSED_FOR_S

    def _tell(self, tally: Tally, outcome: Outcome) -> None:
        tally.counts[outcome.result] += 1
        said = f"{outcome.result} {outcome.message}"
        key = outcome.member_id or outcome.label
        if outcome.result in {Result.LEFT, Result.REFUSED} and self._said.get(key) == said:
            return
        self._said[key] = said
        self._heard.add(outcome.label.casefold())
        self._report(outcome)


def _state(waiting: Waiting) -> tuple[str, int, str | None]:
    return waiting.id, waiting.version, waiting.thumbprint


def _done(waiting: Waiting) -> Result:
    return Result.REWRAPPED if waiting.reason == "REWRAP" else Result.CONFIRMED
