"""`rollcall key`: a person's own key pair, and the key that an organization shares."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import Line, print_result, say
from api.cli.key_rotation import rotate_key
from api.cli.remote import (
    OrganizationOption,
    PassphraseOption,
    ServerOption,
    SessionOption,
    ask,
    passphrase_of,
    where,
)
from api.cli.session import EXISTS, AsJson, fail
from api.remote.errors import RemoteError
from api.remote.key_file import expect_key_file_or_none, read_key_file, write_key_file
from api.remote.people import OwnMembership, Person, new_keys_input, read_person
from api.remote.server import RemoteServer
from domain.keys.account_keys import lock, new_key_pair
from domain.keys.fingerprint import organization_fingerprint
from domain.keys.organization_key import OrganizationKey

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.command("rotate")(rotate_key)

KeyFileOption = Annotated[
    Path | None,
    typer.Option(help="Write the organization key to this file, for scripts; mode 0600."),
]

_SET_UP = """
mutation SetUp($input: SetAccountKeysInput!) {
  setAccountKeys(input: $input) { changed errors { code message } }
}
"""
_CREATE = """
mutation CreateKey($input: CreateOrganizationKeyInput!) {
  createOrganizationKey(input: $input) { changed errors { code message } }
}
"""


_REQUIRE = """
mutation Require($input: UpdateOrganizationInput!) {
  updateOrganization(input: $input) { changed errors { code message } }
}
"""


@app.callback()
def key() -> None:
    """Your key pair, and the key that your organization shares and its server never sees."""


@app.command()
def setup(
    passphrase_file: PassphraseOption = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Make a new pair: you must be confirmed again everywhere."),
    ] = False,
    server: ServerOption = None,
    session: SessionOption = None,
    as_json: AsJson = False,
) -> None:
    """Make your key pair, if you have none, locked with a passphrase that only you know."""
    place = where(server, session)

    async def work(remote: RemoteServer) -> tuple[Person, bool]:
        person = await read_person(remote)
        if person.public_key is not None and not replace:
            return person, False
        pair = new_key_pair()
        locked = lock(pair, passphrase_of(passphrase_file, new=True))
        await remote.do(_SET_UP, input=new_keys_input(pair, locked))
        return await read_person(remote), True

    person, made = ask(place.url, place.introduction(), work)
    lines = [
        Line("account", "email", person.email),
        Line("key", "thumbprint", person.expect_keys().kid),
        Line("made", "made", made),
    ]
    print_result(lines, as_json=as_json)
    if not made:
        say("You have a key pair already, and it stays. --replace makes a new one.")


@app.command()
def create(  # noqa: PLR0917 options
    key_file: KeyFileOption = None,
    passphrase_file: PassphraseOption = None,
    organization: OrganizationOption = None,
    server: ServerOption = None,
    session: SessionOption = None,
    as_json: AsJson = False,
) -> None:
    """Make the organization's first key, wrapped for you alone. Owners do this, once.

    Exit code 3 where the organization has a key already.
    """
    place = where(server, session)

    async def work(remote: RemoteServer) -> tuple[OwnMembership, OrganizationKey] | None:
        if key_file is not None:
            expect_key_file_or_none(key_file)
        person = await read_person(remote)
        own = person.membership(organization)
        if own.key_version > 0:
            return None
        pair = person.unlock(passphrase_of(passphrase_file))
        made, given = own.next_key(person.expect_keys(), pair)
        await remote.do(_CREATE, input=given)
        if key_file is not None:
            write_key_file(key_file, made)
        return own, made

    done = ask(place.url, place.introduction(organization), work)
    if done is None:
        fail("The organization has a key already. rollcall key rotate makes a new one.", EXISTS)
    print_key(*done, key_file, as_json=as_json)


@app.command()
def require(
    off: Annotated[bool, typer.Option("--off", help="Hand it over no more.")] = False,
    organization: OrganizationOption = None,
    server: ServerOption = None,
    session: SessionOption = None,
    as_json: AsJson = False,
) -> None:
    """Have the key handed to everybody who is confirmed from now on. Owners decide this."""
    place = where(server, session)

    async def work(remote: RemoteServer) -> tuple[OwnMembership, bool]:
        own = (await read_person(remote)).membership(organization)
        if not off and own.key_version == 0:
            raise RemoteError(
                "The organization has no key yet that could be handed over. Run `rollcall key"
                " create` first."
            )
        wanted = "OFF" if off else "REQUIRED"
        given = {"organizationId": own.organization_id, "keyHandshake": wanted}
        return own, (await remote.do(_REQUIRE, input=given))["changed"]

    own, changed = ask(place.url, place.introduction(organization), work)
    lines = [
        Line("organization", "organization", own.slug),
        Line("hands over the key", "required", not off),
        Line("changed", "changed", changed),
    ]
    print_result(lines, as_json=as_json)


@app.command()
def unlock(  # noqa: PLR0917 options
    key_file: KeyFileOption = None,
    passphrase_file: PassphraseOption = None,
    organization: OrganizationOption = None,
    server: ServerOption = None,
    session: SessionOption = None,
    as_json: AsJson = False,
) -> None:
    """Check that your passphrase opens the organization key; with --key-file, write it there."""
    place = where(server, session)

    async def work(remote: RemoteServer) -> tuple[OwnMembership, OrganizationKey]:
        return await open_own(remote, organization, passphrase_file)

    own, opened = ask(place.url, place.introduction(organization), work)
    if key_file is not None:
        try:
            write_key_file(key_file, opened)
        except RemoteError as error:
            fail(str(error))
    print_key(own, opened, key_file, as_json=as_json)


@app.command()
def show(  # noqa: PLR0917 options
    fingerprint: Annotated[
        bool,
        typer.Option("--fingerprint", help="Also the organization key's: opens it to compute it."),
    ] = False,
    key_file: Annotated[
        Path | None, typer.Option(help="With --fingerprint: the key in this file, not your own.")
    ] = None,
    passphrase_file: PassphraseOption = None,
    organization: OrganizationOption = None,
    server: ServerOption = None,
    session: SessionOption = None,
    as_json: AsJson = False,
) -> None:
    """Show your fingerprint in an organization, to read out to whoever confirms you."""
    place = where(server, session)

    async def work(remote: RemoteServer) -> tuple[Person, OwnMembership, OrganizationKey | None]:
        person = await read_person(remote)
        own = person.membership(organization)
        opened = None
        if fingerprint and key_file is not None:
            opened = read_key_file(key_file)
            if opened.organization_id != own.organization_uuid:
                raise RemoteError(f"{key_file} holds the key of another organization.")
        elif fingerprint:
            opened = own.open_key(person.unlock(passphrase_of(passphrase_file)))
        return person, own, opened

    person, own, opened = ask(place.url, place.introduction(organization), work)
    lines = [
        Line("organization", "organization", own.slug),
        Line("status", "status", own.status),
        Line(
            "your key", "thumbprint", None if person.public_key is None else person.public_key.kid
        ),
        Line("your fingerprint", "fingerprint", person.phrase(own)),
        Line("your copy of the key", "keyState", own.key_state),
        Line("key version", "keyVersion", own.key_version),
    ]
    if opened is not None:
        words = organization_fingerprint(opened)
        lines.append(Line("organization key", "organizationFingerprint", words))
    print_result(lines, as_json=as_json)


async def open_own(
    remote: RemoteServer, organization: str | None, passphrase_file: Path | None
) -> tuple[OwnMembership, OrganizationKey]:
    """The caller's copy of the organization key. Raises RemoteError."""
    person = await read_person(remote)
    own = person.membership(organization)
    return own, own.open_key(person.unlock(passphrase_of(passphrase_file)))


def print_key(
    own: OwnMembership, made: OrganizationKey, key_file: Path | None, *, as_json: bool
) -> None:
    """Everything about a key but the key."""
    lines = [
        Line("organization", "organization", own.slug),
        Line("key version", "keyVersion", made.version),
        Line("organization key", "organizationFingerprint", organization_fingerprint(made)),
        Line("key file", "keyFile", None if key_file is None else str(key_file)),
    ]
    print_result(lines, as_json=as_json)
