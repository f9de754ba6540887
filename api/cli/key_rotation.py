"""`rollcall key rotate`: a new organization key, wrapped anew for all; goes on after a break."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from joserfc.jwk import ECKey

from api.cli.console import Line, print_result, say
from api.cli.remote import (
    OrganizationOption,
    PassphraseOption,
    ServerOption,
    SessionOption,
    ask,
    passphrase_of,
    where,
)
from api.cli.session import SOME_REFUSED, AsJson
from api.confirming.choice import Choice
from api.confirming.hourly_budget import HourlyBudget
from api.confirming.key_source import HeldKey
from api.confirming.outcome import Outcome, Result
from api.confirming.run import ConfirmingRun
from api.confirming.stop import Stop
from api.confirming.watch import confirm_once
from api.remote.errors import RemoteError
from api.remote.key_file import expect_key_file_or_none, write_key_file
from api.remote.people import OwnMembership, Person, read_person
from api.remote.private_file import write_private
from api.remote.server import RemoteServer
from api.remote.session_file import state_file
from api.remote.work_list import WorkList, find_place
from domain.keys.fingerprint import organization_fingerprint
from domain.keys.organization_key import OrganizationKey

_ROTATE = """
mutation RotateKey($input: CreateOrganizationKeyInput!) {
  rotateOrganizationKey(input: $input) { changed errors { code message } }
}
"""


def rotate_key(  # noqa: PLR0917 options
    key_file: Annotated[
        Path | None, typer.Option(help="Write the new key to this file, for scripts; mode 0600.")
    ] = None,
    passphrase_file: PassphraseOption = None,
    organization: OrganizationOption = None,
    server: ServerOption = None,
    session: SessionOption = None,
    as_json: AsJson = False,
) -> None:
    """Make a new version of the organization key and wrap it for everybody who is confirmed.

    Run it again after a break: it goes on where it was. Exit code 3 where somebody was left out.
    """
    place = where(server, session)
    stop = Stop()

    async def work(remote: RemoteServer) -> int:
        stop.listen()
        if key_file is not None:
            expect_key_file_or_none(key_file)
        person = await read_person(remote)
        own = person.membership(organization)
        pair = person.unlock(passphrase_of(passphrase_file))
        mark = _Mark(place.url, own)
        opened = mark.unfinished(own, pair)
        went_on = opened is not None
        if opened is None:
            opened = await _new_version(remote, person, own, pair, mark)
        if key_file is not None:
            write_key_file(key_file, opened)
        say(f"{'Going on with' if went_on else 'Made'} version {opened.version} of the key.")
        found = await find_place(remote, own.organization_id)
        left: list[Outcome] = []

        def report(outcome: Outcome) -> None:
            if outcome.result in {Result.LEFT, Result.REFUSED}:
                left.append(outcome)
                say(outcome.as_line())

        run = ConfirmingRun(
            WorkList(remote, found),
            Choice(reason="REWRAP"),
            HeldKey(opened),
            HourlyBudget(None),
            report,
            stopping=stop.is_set,
        )
        tally = await confirm_once(run, stop)
        mark.finished()
        lines = [
            Line("organization", "organization", own.slug),
            Line("key version", "keyVersion", opened.version),
            Line("organization key", "organizationFingerprint", organization_fingerprint(opened)),
            Line("went on", "wentOn", went_on),
            Line("wrapped anew", "rewrapped", tally.counts[Result.REWRAPPED]),
            Line("left out", "leftOut", len(left)),
            Line("key file", "keyFile", None if key_file is None else str(key_file)),
        ]
        print_result(lines, as_json=as_json)
        return SOME_REFUSED if left else 0

    code = ask(place.url, place.introduction(organization), work, pause=stop.pause)
    raise typer.Exit(code)


async def _new_version(
    remote: RemoteServer, person: Person, own: OwnMembership, pair: ECKey, mark: _Mark
) -> OrganizationKey:
    """A new key, wrapped for the caller and taken by the server. Raises RemoteError."""
    if own.key_version == 0:
        raise RemoteError("The organization has no key yet. Make it: rollcall key create.")
    made, given = own.next_key(person.expect_keys(), pair)
    mark.write(made)
    await remote.do(_ROTATE, input=given)
    return made


class _Mark:
    """Says, on disk, that a rotation of this machine is not finished: which, by its fingerprint.

    Without it a second run could not be told from the wish for a further version.
    """

    def __init__(self, url: str, own: OwnMembership) -> None:
        self._path = state_file("rotation", url, own.organization_id)

    def write(self, key: OrganizationKey) -> None:
        """Before the server is asked. Raises RemoteError."""
        words = organization_fingerprint(key)
        write_private(self._path, json.dumps({"version": key.version, "words": words}) + "\n")

    def unfinished(self, own: OwnMembership, pair: ECKey) -> OrganizationKey | None:
        """The key of the rotation to go on with; None where a new one is to be made."""
        try:
            marked = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return None
        if own.wrapped_key is None or marked.get("version") != own.key_version:
            return None
        opened = own.open_key(pair)
        # Somebody else's version of the same number is no reason to make none.
        return opened if organization_fingerprint(opened) == marked.get("words") else None

    def finished(self) -> None:
        """Everybody has it who can have it."""
        self._path.unlink(missing_ok=True)
