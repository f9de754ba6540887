"""The scopes that an access token needs for `rollcall confirm`: these suffice, none is too many."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.caller import ALL_SCOPES
from domain.clock import utc_now
from domain.commands import CreateAccessToken
from domain.vocabulary import KeyHandshake, Scope
from tests.docs.pages import DOCS
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.house import await_that
from tests.support.keyed_house import Guest, KeyedResident, lines_of
from tests.support.server import rollcall

READS = frozenset({Scope.MEMBERS_READ})
CONFIRMS = READS | {Scope.MEMBERS_CONFIRM}
OF_GROUPS = frozenset({Scope.GROUPS_READ})
NEEDED = {
    "--all": CONFIRMS,
    "--email": CONFIRMS,
    "--policy": CONFIRMS,
    "--policy with groups": CONFIRMS | OF_GROUPS,
    "--all --dry-run": READS,
    "--policy with groups --dry-run": READS | OF_GROUPS,
}


def with_scopes(harbour: KeyedResident, scopes: frozenset[Scope]) -> KeyedResident:
    """The same organization, with a script whose token may so much."""
    command = CreateAccessToken(
        harbour.organization_id, "confirms", scopes, utc_now() + timedelta(hours=1)
    )
    blocking = harbour.house.blocking
    return replace(harbour, token=blocking.run(blocking.app.execute(command, SYSTEM)).value.secret)


def whom(use: str, guest: Guest, folder: Path) -> tuple[object, ...]:
    """The options of a use."""
    first, *more = use.split()
    options = [each for each in more if each.startswith("--")]
    if first == "--email":
        return (first, guest.email)
    if first == "--policy":
        condition = 'groups = ["Crew"]' if "groups" in more else 'email_domains = ["example.com"]'
        policy = folder / "policy.toml"
        policy.write_text(condition + "\n")
        return (first, policy, *options)
    return (first, *options)


def waiting(harbour: KeyedResident, handshake: KeyHandshake) -> Guest:
    """A guest in the group Crew, where a key is handed over or not."""
    run, app = harbour.house.blocking.run, harbour.house.blocking.app
    run(harbour.keyed.require(handshake))
    guest = harbour.guest()
    crew = factories.group(
        app, harbour.organization_id, name="Crew", member_ids=frozenset({guest.member.id})
    )
    run(crew)
    return guest


@pytest.mark.parametrize("handshake", KeyHandshake)
@pytest.mark.parametrize("use", NEEDED)
def test_a_token_needs_these_scopes_and_no_other(
    harbour: KeyedResident, use: str, handshake: KeyHandshake
) -> None:
    guest = waiting(harbour, handshake)
    key = ("--key-file", harbour.key_file) if handshake is KeyHandshake.REQUIRED else ()
    confirm = ("confirm", *whom(use, guest, harbour.folder), *key, "--json")

    for lacking in sorted(NEEDED[use]):
        done = with_scopes(harbour, ALL_SCOPES - {lacking}).script(*confirm)

        assert (done.returncode, done.stdout) == (1, ""), lacking
        assert f"This needs the scope {lacking}." in done.stderr
    assert harbour.confirmations()[guest.email] == 0
    done = with_scopes(harbour, NEEDED[use]).script(*confirm)

    assert (done.returncode, done.stderr) == (0, "")
    looked = "--dry-run" in use
    expected = "WOULD_CONFIRM" if looked else "CONFIRMED"
    assert [(row["email"], row["result"]) for row in lines_of(done)] == [(guest.email, expected)]
    assert harbour.confirmations()[guest.email] == (0 if looked else 1)


@pytest.mark.parametrize("handshake", KeyHandshake)
def test_watching_and_hearing_of_who_comes_needs_no_more(
    harbour: KeyedResident, handshake: KeyHandshake
) -> None:
    first = waiting(harbour, handshake)
    watcher = with_scopes(harbour, NEEDED["--all"]).watcher("--all")
    try:
        await_that(lambda: harbour.confirmations()[first.email] == 1, "the first is confirmed")
        comes = harbour.guest()
        await_that(lambda: harbour.confirmations()[comes.email] == 1, "the next is confirmed")
    finally:
        watcher.terminate()
        said, _ = watcher.communicate()

    assert (watcher.returncode, "scope" in said) == (0, False), said


def test_page_and_help_name_them() -> None:
    page, help_ = (
        (DOCS / "confirm-members.md").read_text("utf-8"),
        rollcall("confirm", "--help", environment=dict(os.environ)),
    )
    told = "MEMBERS_READ and MEMBERS_CONFIRM, and GROUPS_READ where a policy names groups"
    made = " ".join(f"--scope {scope}" for scope in (*sorted(CONFIRMS, reverse=True), *OF_GROUPS))

    assert told in page
    assert told in " ".join(re.sub("[│\\s]+", " ", help_.stdout).split())
    assert made in " ".join(page.split())
    assert Scope.ORGANIZATION_READ not in page
