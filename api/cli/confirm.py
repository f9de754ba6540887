"""`rollcall confirm`: makes members of those who accepted, and hands them the organization key."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from api.cli.console import say
from api.cli.remote import (
    OrganizationOption,
    PassphraseOption,
    ServerOption,
    SessionOption,
    access_token,
    ask,
    passphrase_of,
    where,
)
from api.cli.secret_input import warn_of_readers
from api.cli.session import SOME_REFUSED, fail
from api.confirming.absent import outcomes_of_absent
from api.confirming.choice import Choice
from api.confirming.hourly_budget import HourlyBudget
from api.confirming.key_source import (
    VARIABLE,
    KeyFile,
    KeySource,
    KeyVariable,
    OwnKey,
    WrongVersion,
)
from api.confirming.outcome import Result, print_outcome
from api.confirming.policy import Policy, PolicyError, read_policy
from api.confirming.run import ConfirmingRun
from api.confirming.stop import Stop
from api.confirming.watch import confirm_once, reached, watch
from api.remote.changes import member_changes
from api.remote.errors import Stopped
from api.remote.introduction import Introduction
from api.remote.server import RemoteServer
from api.remote.session_file import state_file
from api.remote.work_list import Place, WorkList, find_place

app = typer.Typer(add_completion=False)

USAGE = 2


@app.command()
def confirm(  # noqa: PLR0917 options
    everybody: Annotated[bool, typer.Option("--all", help="Everybody who waits.")] = False,
    email: Annotated[
        list[str] | None, typer.Option(help="Whoever has this address; several times for several.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="TOML file that says whom: see docs/confirm-members.md.")
    ] = None,
    watching: Annotated[
        bool, typer.Option("--watch", help="Go on with whoever comes to wait, until stopped.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who would be confirmed.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Confirm so many at most.")] = None,
    fingerprint: Annotated[
        str | None, typer.Option(help="The six words that the one at --email reads out.")
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(help=f"The organization key; without, {VARIABLE} or your passphrase."),
    ] = None,
    passphrase_file: PassphraseOption = None,
    organization: OrganizationOption = None,
    server: ServerOption = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            help="File of an access token with MEMBERS_READ and MEMBERS_CONFIRM, and GROUPS_READ"
            " where a policy names groups; without, ROLLCALL_ACCESS_TOKEN or a session."
        ),
    ] = None,
    session: SessionOption = None,
    state: Annotated[
        Path | None, typer.Option(help="File that remembers the policy's at_most_per_hour.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One line of JSON for each member, and nothing else.")
    ] = False,
) -> None:
    """Confirm those who accepted, and wrap the organization key for each.

    Exit codes: 0 done or nothing to do, 1 an error, 2 wrong usage or a useless policy, 3 somebody
    was refused.
    """
    emails = tuple(dict.fromkeys(address.strip() for address in email or ()))
    chosen = _choice(everybody, emails, policy, limit, fingerprint)
    if watching and (emails or dry_run or limit is not None):
        _wrong("--watch goes with --all or --policy, not with --email, --limit or --dry-run.")
    place = where(server, session)
    token = access_token(token_file)
    introduction = (
        Introduction(token=token)
        if token is not None
        else place.introduction(organization, takes_token=True)
    )
    stop = Stop()

    async def work(remote: RemoteServer) -> int:
        stop.listen()
        finding = partial(find_place, remote, organization)
        found = await (reached(finding, stop, say) if watching else finding())
        list_ = WorkList(remote, found)
        keys: KeySource | None = None
        if not dry_run:
            keys = _keys(key_file, remote, found.id, partial(passphrase_of, passphrase_file))
        with _budget(chosen.policy, place.url, found, state) as budget:
            run = ConfirmingRun(
                list_,
                chosen,
                keys,
                budget,
                partial(print_outcome, as_json=as_json),
                stopping=stop.is_set,
            )
            if not watching:
                return await _once(run, list_, chosen, stop, as_json=as_json)
            if keys is not None and found.hands_over_key:
                # A passphrase is asked for now, not when somebody comes.
                with suppress(WrongVersion):
                    await keys.key(found)
            say(f"Watching {found.name} at {place.url}.")
            await watch(run, partial(member_changes, place.url, introduction, found.id), stop, say)
            return 0

    async def to_the_end(remote: RemoteServer) -> int:
        try:
            return await work(remote)
        except PolicyError as error:
            # One that names a group which does not exist, as only the server can tell.
            _wrong(str(error))
        except Stopped:
            if not watching:
                raise
            return 0

    raise typer.Exit(ask(place.url, introduction, to_the_end, pause=stop.pause))


async def _once(
    run: ConfirmingRun, work: WorkList, choice: Choice, stop: Stop, *, as_json: bool
) -> int:
    """The exit code of one pass."""
    counts = (await confirm_once(run, stop)).counts
    absent = [address for address in choice.emails if not run.has_heard_of(address)]
    for outcome in await outcomes_of_absent(work, absent):
        counts[outcome.result] += 1
        print_outcome(outcome, as_json=as_json)
    if not counts.total() and not as_json:
        say("Nobody waits to be confirmed.")
    left = counts[Result.LEFT] if choice.emails else 0
    return SOME_REFUSED if counts[Result.REFUSED] or left else 0


def _choice(
    everybody: bool,
    emails: tuple[str, ...],
    policy: Path | None,
    limit: int | None,
    phrase: str | None,
) -> Choice:
    """Whom the options name."""
    if [everybody, bool(emails), policy is not None].count(True) != 1:
        _wrong("Say whom: --all, --email ADDRESS or --policy FILE, and only one of them.")
    if phrase is not None and len(emails) != 1:
        _wrong("--fingerprint goes with one --email.")
    read: Policy | None = None
    if policy is not None:
        try:
            read = read_policy(policy)
        except PolicyError as error:
            _wrong(str(error))
    words = None if phrase is None else " ".join(phrase.lower().split())
    return Choice(emails, read, limit, words)


def _wrong(message: str) -> NoReturn:
    fail(message, USAGE)


def _keys(
    key_file: Path | None,
    remote: RemoteServer,
    organization: str | None,
    passphrase: Callable[[], str],
) -> KeySource:
    if key_file is not None:
        source = KeyFile(key_file)
        warn_of_readers(key_file)
        return source
    if text := os.environ.get(VARIABLE):
        return KeyVariable(text)
    return OwnKey(remote, organization, passphrase)


def _budget(
    policy: Policy | None, url: str, place: Place, state: Path | None
) -> closing[HourlyBudget]:
    """What a policy limits is remembered in a file, the same for every policy of the place."""
    most = None if policy is None else policy.at_most_per_hour
    if most is None:
        return closing(HourlyBudget(None))
    return closing(HourlyBudget(most, state or state_file("confirm", url, place.id)))
