"""`rollcall key`: keys are made once, opened by passphrase alone, and rotated for everybody."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import Any

import pytest

from api.remote.key_file import read_key_file, write_key_file
from domain.ids import new_id
from domain.keys.fingerprint import member_fingerprint, organization_fingerprint
from domain.keys.organization_key import new_organization_key
from tests.support.house import await_that
from tests.support.key_pairs import PASSPHRASE
from tests.support.keyed_house import KeyedResident
from tests.support.server import PROGRAM


def shown(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def key_versions(harbour: KeyedResident) -> dict[str, int]:
    rows = harbour.rows("SELECT email, wrapped_key_version FROM members WHERE organization_id = $1")
    return {row["email"]: row["wrapped_key_version"] for row in rows}


def test_a_key_is_made_once(harbour: KeyedResident) -> None:
    before = harbour.key_file.read_text()

    again = harbour.run("key", "create", "--key-file", harbour.key_file)
    set_up = shown(harbour.run("key", "setup", "--json"))

    assert again.returncode == 3
    assert again.stderr.startswith("The organization has a key already.")
    assert set_up["made"] is False
    assert harbour.key_file.read_text() == before
    assert harbour.key_file.stat().st_mode & 0o777 == 0o600


def test_the_server_never_sees_what_it_should_not(harbour: KeyedResident) -> None:
    key = json.loads(harbour.key_file.read_text())["k"]
    rows = harbour.rows(
        "SELECT to_jsonb(a)::text AS account, to_jsonb(m)::text AS member FROM accounts a"
        " JOIN members m ON m.account_id = a.id WHERE m.organization_id = $1"
    )
    log = harbour.house.server.log.read_text()

    assert rows
    for text in [log, *(row["account"] + row["member"] for row in rows)]:
        assert PASSPHRASE not in text
        assert key not in text


def test_unlock_writes_the_key_that_create_wrote(harbour: KeyedResident) -> None:
    copy = harbour.folder / "copy.json"

    unlocked = shown(harbour.run("key", "unlock", "--key-file", copy, "--json"))

    key = read_key_file(harbour.key_file)
    assert read_key_file(copy) == key
    assert unlocked == {
        "organization": harbour.slug,
        "keyVersion": 1,
        "organizationFingerprint": organization_fingerprint(key),
        "keyFile": str(copy),
    }


def test_another_passphrase_opens_nothing(harbour: KeyedResident) -> None:
    copy = harbour.folder / "copy.json"

    done = harbour.run("key", "unlock", "--key-file", copy, ROLLCALL_PASSPHRASE="wrong" * 5)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("This is not the passphrase of ")
    assert not copy.exists()


def test_a_file_that_is_no_key_is_left_alone(harbour: KeyedResident) -> None:
    diary = harbour.folder / "diary"
    diary.write_text("dear diary")

    done = [
        harbour.run("key", verb, "--key-file", diary) for verb in ("create", "unlock", "rotate")
    ]

    assert [each.returncode for each in done] == [1, 1, 1]
    assert diary.read_text() == "dear diary"
    assert set(key_versions(harbour).values()) == {1}


def test_show_needs_no_passphrase_for_ones_own_words(harbour: KeyedResident) -> None:
    (row,) = harbour.rows(
        "SELECT m.id, a.public_key->>'kid' AS kid FROM members m JOIN accounts a"
        " ON a.id = m.account_id WHERE m.organization_id = $1"
    )

    own = shown(harbour.run("key", "show", "--json", ROLLCALL_PASSPHRASE=""))
    whole = shown(harbour.run("key", "show", "--fingerprint", "--json"))
    file = ("--key-file", harbour.key_file)
    by_file = shown(harbour.run("key", "show", "--fingerprint", *file, "--json"))

    assert own["fingerprint"] == member_fingerprint(row["kid"], row["id"])
    assert own["keyState"] == "CURRENT"
    assert "organizationFingerprint" not in own
    words = organization_fingerprint(read_key_file(harbour.key_file))
    assert whole["organizationFingerprint"] == by_file["organizationFingerprint"] == words


def test_the_key_of_another_organization_is_refused(harbour: KeyedResident) -> None:
    other = harbour.folder / "other.json"
    write_key_file(other, new_organization_key(new_id(), 1))
    ada = harbour.guest()

    seen = harbour.run("key", "show", "--fingerprint", "--key-file", other)
    done = harbour.script("confirm", "--all", "--key-file", other)

    assert seen.returncode == 1
    assert "holds the key of another organization" in seen.stderr
    assert done.returncode == 1
    assert "is the key of another organization than" in done.stderr
    assert harbour.confirmations()[ada.email] == 0


def test_a_rotation_reaches_everybody(harbour: KeyedResident) -> None:
    guests = [harbour.guest() for _ in range(3)]
    harbour.script("confirm", "--all", "--key-file", harbour.key_file)
    accepted = harbour.guest()

    rotated = shown(harbour.run("key", "rotate", "--key-file", harbour.key_file, "--json"))

    key = read_key_file(harbour.key_file)
    assert key.version == 2
    assert (rotated["keyVersion"], rotated["wentOn"]) == (2, False)
    assert (rotated["rewrapped"], rotated["leftOut"]) == (3, 0)
    assert [harbour.key_of(guest) for guest in guests] == [key] * 3
    # Rotating confirms nobody.
    assert key_versions(harbour)[accepted.email] == 0
    counts = harbour.confirmations()
    assert [counts[guest.email] for guest in [*guests, accepted]] == [1, 1, 1, 0]


def test_a_key_that_nobody_can_open_any_more_is_replaced(harbour: KeyedResident) -> None:
    lost, guest = read_key_file(harbour.key_file), harbour.guest()
    harbour.script("confirm", "--all", "--key-file", harbour.key_file)
    harbour.key_file.unlink()
    another = {"ROLLCALL_PASSPHRASE": "a passphrase that is new"}

    # The owner has forgotten the passphrase, and so has everybody else.
    shown(harbour.run("key", "setup", "--replace", "--json", **another))
    assert harbour.run("key", "unlock", **another).returncode == 1
    rotated = shown(
        harbour.run("key", "rotate", "--key-file", harbour.key_file, "--json", **another)
    )

    key = read_key_file(harbour.key_file)
    assert (rotated["keyVersion"], key.version) == (2, 2)
    assert organization_fingerprint(key) != organization_fingerprint(lost)
    assert harbour.key_of(guest) == key


@pytest.mark.faults
def test_a_rotation_goes_on_after_a_kill(harbour: KeyedResident) -> None:
    guests = [harbour.guest() for _ in range(6)]
    harbour.script("confirm", "--all", "--key-file", harbour.key_file)
    environment = harbour.environment(ROLLCALL_PASSPHRASE=PASSPHRASE)
    arguments = [str(PROGRAM), "key", "rotate", "--key-file", str(harbour.key_file)]
    killed = subprocess.Popen(
        arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    await_that(lambda: 2 in key_versions(harbour).values(), "the server has the new version")
    killed.send_signal(signal.SIGKILL)
    killed.wait()

    rotated = shown(harbour.run("key", "rotate", "--key-file", harbour.key_file, "--json"))
    further = shown(harbour.run("key", "rotate", "--key-file", harbour.key_file, "--json"))

    # Killed after the last member it was finished, but for the mark that says so.
    assert (rotated["keyVersion"], rotated["wentOn"]) == (2, True)
    assert (further["keyVersion"], further["wentOn"]) == (3, False)
    key = read_key_file(harbour.key_file)
    assert [harbour.key_of(guest) for guest in guests] == [key] * 6


def test_a_watcher_takes_up_the_new_key(harbour: KeyedResident) -> None:
    watcher = harbour.watcher("--all")
    try:
        harbour.run("key", "rotate", "--key-file", harbour.key_file)
        ada = harbour.guest()
        await_that(lambda: key_versions(harbour)[ada.email] == 2, "ada has the new key", 60)
    finally:
        watcher.send_signal(signal.SIGTERM)
        printed, _ = watcher.communicate(timeout=60)

    assert watcher.returncode == 0, printed
    assert harbour.key_of(ada) == read_key_file(harbour.key_file)


def test_an_old_key_file_wraps_for_nobody(harbour: KeyedResident) -> None:
    old = harbour.folder / "old.json"
    old.write_text(harbour.key_file.read_text())
    harbour.run("key", "rotate", "--key-file", harbour.key_file)
    ada = harbour.guest()

    done = harbour.script("confirm", "--all", "--key-file", old)

    assert (done.returncode, done.stdout) == (1, "")
    assert "holds version 1 of the organization key, and the organization has version 2" in (
        done.stderr
    )
    assert harbour.confirmations()[ada.email] == 0


def test_the_handshake_is_switched_by_its_owner(harbour: KeyedResident) -> None:
    def handshake() -> str:
        (row,) = harbour.rows("SELECT key_handshake FROM organizations WHERE id = $1")
        found: str = row["key_handshake"]
        return found

    done = [shown(harbour.run("key", "require", *more, "--json")) for more in ((), ("--off",))]
    off = handshake()
    done.append(shown(harbour.run("key", "require", "--json")))

    assert [each["changed"] for each in done] == [False, True, True]
    assert (off, handshake()) == ("OFF", "REQUIRED")


def test_a_key_that_is_not_made_yet_cannot_be_required(harbour: KeyedResident) -> None:
    harbour.rows(
        "UPDATE organizations SET key_version = 0, key_handshake = 'OFF' WHERE id = $1 RETURNING id"
    )

    refused = harbour.run("key", "require")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "The organization has no key yet that could be handed over. Run `rollcall key create`"
        " first.\n"
    )
    assert harbour.run("key", "require", "--off").returncode == 0


def test_who_is_not_signed_in_hears_of_ways_that_the_command_has(harbour: KeyedResident) -> None:
    nowhere = ("--session", harbour.folder / "none.json")

    person = harbour.run("key", "show", *nowhere)
    either = harbour.run("confirm", "--all", *nowhere)

    assert person.stderr == "Sign in first: rollcall sign-in --email YOUR-ADDRESS\n"
    assert "--token-file" in either.stderr


def test_nothing_is_printed_that_is_secret(harbour: KeyedResident) -> None:
    key = json.loads(harbour.key_file.read_text())["k"]

    for arguments in (
        ("key", "unlock"),
        ("key", "show", "--fingerprint"),
        ("key", "rotate", "--key-file", harbour.key_file),
        ("confirm", "--all"),
    ):
        done = harbour.run(*arguments)
        assert done.returncode == 0, done.stderr
        for text in (key, json.loads(harbour.key_file.read_text())["k"], PASSPHRASE):
            assert text not in done.stdout + done.stderr
