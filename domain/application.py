"""The only way to change anything: `Application.execute` runs one command in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import SystemRandom
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import asyncpg

from domain.clock import utc_now
from domain.errors import DomainError, NotFound
from domain.model.changes import Change
from domain.reach import reaching
from domain.store.account_locks import LOCK_ACCOUNT
from domain.store.invitation_links import InvitationPolicy
from domain.store.isolation import Collision, Isolation, Outdated
from domain.store.namesakes import find_taken
from domain.store.sign_in_links import SignInPolicy
from domain.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from domain.caller import Caller
    from domain.ids import UUID
    from domain.model.member import Member

TRIES = 3
_JITTER = SystemRandom()

Result = TypeVar("Result")


class Command(Generic[Result]):
    """Input of a change; `Result` is what its handler returns.

    One that `finds_its_organization` does so by a secret it carries, or acts on all of a person's.
    """

    __slots__ = ()
    finds_its_organization: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was left out or kept: a sentence, and a name by which programs know it."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """What a command came to; `changes` are those that its events tell.

    `refusal` is raised to the caller once what the command wrote is committed: for a command that
    keeps a record of having been refused.
    """

    value: Result
    changed: bool
    warnings: tuple[Remark, ...] = ()
    changes: tuple[Change, ...] = ()
    refusal: DomainError | None = None


Handler = Callable[[Any, UnitOfWork], Awaitable[Outcome[Any]]]
_HANDLERS: dict[type[Any], tuple[Handler, Isolation]] = {}


def handles(
    command: type[Any], isolation: Isolation = Isolation.OPTIMISTIC
) -> Callable[[Handler], Handler]:
    """Register the function as the handler of `command`, which starts isolated so."""

    def register(handler: Handler) -> Handler:
        _HANDLERS[command] = (handler, isolation)
        return handler

    return register


def handler_of(command: Command[Any]) -> Handler:
    """The handler of a command, for one that runs others inside its own transaction."""
    return _HANDLERS[type(command)][0]


class Application:
    """Runs commands on a pool of connections.

    Without `sign_in` people are let in with its defaults, by the key of invitations: what is
    derived from it for one is never the same as for the other.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        invitations: InvitationPolicy,
        changed: Callable[[], None] = lambda: None,
        *,
        sign_in: SignInPolicy | None = None,
    ) -> None:
        self.pool = pool
        self.invitations = invitations
        self.sign_in = sign_in or SignInPolicy(invitations.secret_key)
        self._changed = changed

    async def execute(self, command: Command[Result], caller: Caller) -> Outcome[Result]:
        """Run the command: all of it happens, with its history and its mail, or nothing does.

        Raises the DomainError that the rules raised, or with which the outcome ends. Tries again,
        isolated more strictly, when what the command read has changed meanwhile, and on
        serialization failures.
        """
        # Whatever a facade forgets: nobody reaches into another organization.
        named = getattr(command, "organization_id", None)
        if named is not None and not caller.may_see(named):
            raise NotFound("organization")
        reach = caller.organization_id if named is None else named
        with reaching(None if command.finds_its_organization else reach):
            return await self._execute(command, caller)

    async def _execute(self, command: Command[Result], caller: Caller) -> Outcome[Result]:
        handler, isolation = _HANDLERS[type(command)]
        failures = 0
        groups: frozenset[UUID] = frozenset()
        guarded = False
        account: UUID | None = None
        member: Member | None = None
        while True:
            try:
                outcome = await self._attempt(
                    handler,
                    command,
                    caller,
                    isolation,
                    groups=groups,
                    guarded=guarded,
                    account=account,
                    member=member,
                )
            except Outdated as outdated:
                isolation = max(outdated.needs, isolation)
                guarded = guarded or outdated.guarded
                account = outdated.account or account
                member = outdated.member
                # To have found further groups to lock is progress, and there are only so many.
                failures += outdated.groups <= groups
                groups |= outdated.groups
                if failures > TRIES + len(Isolation):
                    raise RuntimeError("a command found its data changed too often") from outdated
            except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
                failures += 1
                member = None
                if failures >= TRIES:
                    raise
                await asyncio.sleep(_JITTER.uniform(0.005, 0.05) * failures)
            else:
                if outcome.changed:
                    self._changed()
                if outcome.refusal is not None:
                    raise outcome.refusal
                return outcome

    async def _attempt(
        self,
        handler: Handler,
        command: Any,
        caller: Caller,
        isolation: Isolation,
        *,
        groups: frozenset[UUID],
        guarded: bool,
        account: UUID | None,
        member: Member | None,
    ) -> Outcome[Any]:
        async with self.pool.acquire() as connection:
            unit = UnitOfWork(
                connection,
                caller,
                now=utc_now(),
                isolation=isolation,
                invitations=self.invitations,
                sign_in=self.sign_in,
                groups_seen=groups,
                guarded=guarded,
                account_held=account,
                member_seen=member,
            )
            try:
                if isolation is Isolation.OPTIMISTIC:
                    return await handler(command, unit)
                async with connection.transaction():
                    if account is not None:
                        await LOCK_ACCOUNT.fetch(connection, id=account)
                    return await handler(command, unit)
            except Collision as collision:
                taken = await find_taken(connection, collision.member)
                if taken is None:
                    # Whoever had the value has let go of it since.
                    raise Outdated(Isolation.TRANSACTION) from collision
                raise taken from collision
