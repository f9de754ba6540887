"""`rollcall confirm` where nobody watches: what is wrong ends it with a code and one line."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import timedelta

import pytest

from api.remote.key_file import read_key_file
from domain.clock import utc_now
from domain.commands import CreateAccessToken
from domain.vocabulary import Scope
from tests.support.factories import SYSTEM
from tests.support.keyed_house import KeyedResident
from tests.support.server import PROGRAM, free_port

NEEDED = frozenset({Scope.MEMBERS_READ, Scope.MEMBERS_CONFIRM, Scope.GROUPS_READ})


def token(harbour: KeyedResident, scopes: frozenset[Scope], lifetime_s: float = 600) -> str:
    expires_at = utc_now() + timedelta(seconds=lifetime_s)
    command = CreateAccessToken(harbour.organization_id, "cron", scopes, expires_at)
    blocking = harbour.house.blocking
    return blocking.run(blocking.app.execute(command, SYSTEM)).value.secret


def assert_ended(done: subprocess.CompletedProcess[str], code: int, says: str) -> None:
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    (line,) = done.stderr.splitlines()
    assert says in line


@pytest.mark.parametrize("lacking", sorted(NEEDED))
def test_a_token_that_may_too_little_is_told_which_scope_it_lacks(
    harbour: KeyedResident, lacking: Scope
) -> None:
    ada = harbour.guest()
    policy = harbour.folder / "policy.toml"
    policy.write_text('groups = ["Crew"]\n')
    whom = ("--policy", policy) if lacking is Scope.GROUPS_READ else ("--all",)
    few = token(harbour, NEEDED - {lacking})

    done = harbour.script(
        *("confirm", *whom, "--key-file", harbour.key_file, "--json"), ROLLCALL_ACCESS_TOKEN=few
    )

    assert_ended(done, 1, f"This needs the scope {lacking}.")
    assert done.stderr.count(lacking) == 1
    assert harbour.confirmations()[ada.email] == 0


def test_a_token_that_has_expired_and_a_server_that_is_away(harbour: KeyedResident) -> None:
    confirm = ("confirm", "--all", "--key-file", harbour.key_file, "--json")
    old = token(harbour, NEEDED, lifetime_s=0.05)

    expired = harbour.script(*confirm, ROLLCALL_ACCESS_TOKEN=old)
    away = harbour.script(*confirm, "--server", f"http://127.0.0.1:{free_port()}")

    assert_ended(expired, 1, "The server does not accept this access token")
    assert_ended(away, 1, "does not answer: ")


def test_an_empty_token_file_is_not_replaced_by_somebodys_session(harbour: KeyedResident) -> None:
    ada = harbour.guest()
    empty = harbour.folder / "token"
    empty.write_text("\n")
    empty.chmod(0o600)

    done = harbour.run(
        "confirm", "--all", "--key-file", harbour.key_file, "--token-file", empty, "--json"
    )

    assert_ended(done, 1, f"{empty} is empty")
    assert harbour.confirmations()[ada.email] == 0


@pytest.mark.parametrize("more", ["\nmade for cron", " ö", "\x07"])
def test_a_token_file_with_more_in_it_is_refused_and_not_quoted(
    harbour: KeyedResident, more: str
) -> None:
    file = harbour.folder / "token"
    file.write_text(f"{harbour.token}{more}\n")
    file.chmod(0o600)

    done = harbour.run("confirm", "--all", "--key-file", harbour.key_file, "--token-file", file)

    assert_ended(done, 1, "This is no access token")
    assert harbour.token[-43:] not in done.stderr


def test_an_organization_that_no_header_can_name(harbour: KeyedResident) -> None:
    assert_ended(harbour.run("key", "show", "-o", "Förde"), 1, "There is no such organization")


def test_a_policy_that_cannot_be_read_is_wrong_usage(harbour: KeyedResident) -> None:
    policy = harbour.folder / "policy.toml"
    policy.write_text("[[email_domains")
    confirm = ("confirm", "--key-file", harbour.key_file, "--json", "--policy")

    assert_ended(harbour.script(*confirm, policy), 2, "policy.toml is not TOML")
    assert_ended(harbour.script(*confirm, harbour.folder), 2, "cannot be read: Is a directory")
    policy.write_text('groups = ["Nobody"]')
    assert_ended(harbour.script(*confirm, policy), 2, "the group 'Nobody', and there is none")
    watching = harbour.script(*confirm, policy, "--watch")
    assert (watching.returncode, watching.stdout) == (2, "")
    assert "the group 'Nobody', and there is none" in watching.stderr.splitlines()[-1]


@pytest.mark.parametrize("text", ["", "{}", '{"kty":"oct","k":"AAAA","org":1,"ver":1}'])
def test_a_key_file_that_holds_no_key(harbour: KeyedResident, text: str) -> None:
    other = harbour.folder / "other.json"
    other.write_text(text)

    assert_ended(
        harbour.script("confirm", "--all", "--key-file", other, "--json"),
        1,
        "is no organization key",
    )


def test_a_key_file_that_others_can_read_is_warned_of(harbour: KeyedResident) -> None:
    harbour.key_file.chmod(0o644)

    done = harbour.script("confirm", "--all", "--key-file", harbour.key_file, "--json")

    assert done.returncode == 0
    assert done.stderr == (
        f"Warning: others can read {harbour.key_file}. chmod 600 {harbour.key_file}\n"
    )


def written_to(harbour: KeyedResident, where: str, **more: str) -> subprocess.CompletedProcess[str]:
    """All are confirmed, with the output going there."""
    environment = harbour.environment(ROLLCALL_ACCESS_TOKEN=harbour.token, **more)
    text = f"{PROGRAM} confirm --all --json --key-file {harbour.key_file} {where}"
    return subprocess.run(
        ["/bin/sh", "-c", text], env=environment, capture_output=True, text=True, check=False
    )


def test_a_full_disk_loses_lines_and_no_confirmation(harbour: KeyedResident) -> None:
    guests = [harbour.guest() for _ in range(3)]

    full = written_to(harbour, "> /dev/full")
    again = written_to(harbour, "")

    assert_ended(full, 1, "cannot be written: No space left on device")
    assert (again.returncode, again.stderr) == (0, "")
    counts = harbour.confirmations()
    assert [counts[guest.email] for guest in guests] == [1, 1, 1]
    key = read_key_file(harbour.key_file)
    assert [harbour.key_of(guest) for guest in guests] == [key] * 3


def test_output_that_was_closed_is_no_failure(harbour: KeyedResident) -> None:
    ada = harbour.guest()

    done = written_to(harbour, ">&-")

    assert (done.returncode, done.stderr) == (0, "")
    assert harbour.confirmations()[ada.email] == 1


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_addresses_beyond_ascii_are_told_in_every_encoding(
    harbour: KeyedResident, encoding: str
) -> None:
    zoe = harbour.guest(email=f"zoë-{os.urandom(4).hex()}@example.com")

    done = written_to(harbour, "", PYTHONIOENCODING=encoding)

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["email"] == zoe.email
