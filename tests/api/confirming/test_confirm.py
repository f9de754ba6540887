"""`rollcall confirm` against a real server: whom it confirms, what it prints, how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api.remote.key_file import read_key_file
from domain.keys.fingerprint import member_fingerprint, organization_fingerprint
from tests.support.house import await_that
from tests.support.keyed_house import Guest, KeyedResident, lines_of
from tests.support.server import PROGRAM


def words(guest: Guest) -> str:
    return member_fingerprint(guest.held.kid, guest.member.id)


def test_everybody_gets_the_key(harbour: KeyedResident) -> None:
    guests = [harbour.guest() for _ in range(3)]
    harbour.invite()

    seen = harbour.script("confirm", "--all", "--dry-run", "--json")
    first = harbour.script("confirm", "--all", "--key-file", harbour.key_file, "--json")
    again = harbour.script("confirm", "--all", "--key-file", harbour.key_file, "--json")
    told = harbour.script("confirm", "--all", "--key-file", harbour.key_file)

    assert (seen.returncode, first.returncode, again.returncode) == (0, 0, 0), first.stderr
    assert [row["result"] for row in lines_of(seen)] == ["WOULD_CONFIRM"] * 3
    assert lines_of(first) == [
        {
            "memberId": row["memberId"],
            "email": guest.email,
            "result": "CONFIRMED",
            "reason": "ACCEPTED",
            "fingerprint": words(guest),
            "code": None,
            "message": None,
        }
        for guest, row in zip(guests, lines_of(first), strict=True)
    ]
    assert (again.stdout, again.stderr) == ("", "")
    assert (told.stdout, told.stderr) == ("", "Nobody waits to be confirmed.\n")
    key = read_key_file(harbour.key_file)
    assert [harbour.key_of(guest) for guest in guests] == [key] * 3


def test_those_who_are_named_and_nobody_else(harbour: KeyedResident) -> None:
    ada, bea, cleo = harbour.guest(), harbour.guest(), harbour.guest()

    done = harbour.script(
        "confirm",
        "--email",
        ada.email.upper(),
        "--email",
        bea.email,
        "--key-file",
        harbour.key_file,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"confirmed      {guest.email}  {words(guest)}" for guest in (ada, bea)
    ]
    confirmed = harbour.confirmations()
    assert (confirmed[ada.email], confirmed[bea.email], confirmed[cleo.email]) == (1, 1, 0)


def test_other_words_confirm_nobody(harbour: KeyedResident) -> None:
    ada = harbour.guest()
    name = ("confirm", "--email", ada.email, "--key-file", harbour.key_file)

    wrong = harbour.script(*name, "--fingerprint", "ocean lamp river tiger glass moon")
    before = harbour.confirmations()[ada.email]
    right = harbour.script(*name, "--fingerprint", words(ada).upper())

    assert (wrong.returncode, before) == (3, 0)
    assert "has another fingerprint than the one given" in wrong.stdout
    assert right.returncode == 0
    assert harbour.confirmations()[ada.email] == 1


def test_somebody_who_does_not_wait_is_told(harbour: KeyedResident) -> None:
    ada = harbour.guest()
    harbour.invite(name="not-yet")
    confirm = ("confirm", "--key-file", harbour.key_file, "--json", "--email")
    harbour.script(*confirm, ada.email)

    done = [
        harbour.script(*confirm, email)
        for email in (ada.email, "not-yet@example.com", "nobody@example.com")
    ]

    assert [each.returncode for each in done] == [0, 3, 3]
    assert [(row["result"], row["message"]) for each in done for row in lines_of(each)] == [
        ("UNCHANGED", "is confirmed already"),
        ("REFUSED", "does not wait for a confirmation: INVITED"),
        ("REFUSED", "is no member"),
    ]


def test_the_limit_is_for_one_run(harbour: KeyedResident) -> None:
    guests = [harbour.guest() for _ in range(5)]
    confirm = ("confirm", "--all", "--limit", "2", "--key-file", harbour.key_file, "--json")

    counts = [len(lines_of(harbour.script(*confirm))) for _ in range(4)]

    assert counts == [2, 2, 1, 0]
    assert all(harbour.confirmations()[guest.email] == 1 for guest in guests)


@contextmanager
def members_locked(harbour: KeyedResident) -> Iterator[Callable[[], int]]:
    """Nobody writes to members meanwhile; tells how many wait to."""
    run, pool = harbour.house.blocking.run, harbour.house.blocking.app.pool
    waits = "SELECT count(*) FROM pg_locks WHERE relation = 'members'::regclass AND NOT granted"
    with harbour.holding("LOCK TABLE members IN SHARE ROW EXCLUSIVE MODE"):
        yield lambda: run(pool.fetchval(waits))


def confirming_all(harbour: KeyedResident) -> subprocess.Popen[str]:
    command = [str(PROGRAM), "confirm", "--all", "--key-file", str(harbour.key_file)]
    environment = harbour.environment(ROLLCALL_ACCESS_TOKEN=harbour.token)
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def test_what_was_begun_is_finished_when_it_is_interrupted(harbour: KeyedResident) -> None:
    guests = [harbour.guest() for _ in range(3)]
    with members_locked(harbour) as waiting:
        confirming = confirming_all(harbour)
        await_that(lambda: waiting() > 0, "the first waits for the table", within=60)
        confirming.send_signal(signal.SIGINT)
    _, said = confirming.communicate(timeout=60)

    # Nobody is left, so that it has done all it was asked to.
    assert confirming.returncode == 0, said
    key = read_key_file(harbour.key_file)
    assert [harbour.key_of(guest) for guest in guests] == [key] * 3


def test_who_interrupts_it_while_it_waits_leaves_the_rest(harbour: KeyedResident) -> None:
    guest = harbour.guest()
    with members_locked(harbour) as waiting:
        confirming = confirming_all(harbour)
        await_that(lambda: waiting() > 0, "it waits for the table", within=60)
        await_that(lambda: waiting() == 0, "the server has told it to come again")
        confirming.send_signal(signal.SIGINT)
        _, said = confirming.communicate(timeout=60)

    assert (confirming.returncode, said.splitlines()[-1]) == (130, "Interrupted.")
    assert harbour.confirmations()[guest.email] == 0
    assert harbour.script("confirm", "--all", "--key-file", harbour.key_file).returncode == 0
    assert harbour.confirmations()[guest.email] == 1


def test_a_policy_leaves_the_others_to_a_person(harbour: KeyedResident) -> None:
    inside = [harbour.guest(email=f"in{n}@crew.example") for n in range(3)]
    outside = harbour.guest(email="eve@crew.example.org")
    policy = harbour.folder / "policy.toml"
    policy.write_text('email_domains = ["crew.example"]\nat_most_per_hour = 2\n')
    confirm = ("confirm", "--policy", policy, "--key-file", harbour.key_file, "--json")

    first, again = harbour.script(*confirm), harbour.script(*confirm)

    assert (first.returncode, again.returncode) == (0, 0), first.stderr
    results = {row["email"]: (row["result"], row["message"]) for row in lines_of(first)}
    spent = ("LEFT", "this hour's budget is spent")
    assert results == {
        inside[0].email: ("CONFIRMED", None),
        inside[1].email: ("CONFIRMED", None),
        inside[2].email: spent,
        outside.email: ("LEFT", "the policy does not name the domain crew.example.org"),
    }
    assert {row["email"]: row["result"] for row in lines_of(again)} == {
        inside[2].email: "LEFT",
        outside.email: "LEFT",
    }


def test_the_owner_confirms_with_a_passphrase_alone(harbour: KeyedResident) -> None:
    ada = harbour.guest()

    done = harbour.run("confirm", "--all")

    assert done.returncode == 0, done.stderr
    assert harbour.key_of(ada) == read_key_file(harbour.key_file)


def test_the_key_may_come_in_a_variable(harbour: KeyedResident) -> None:
    ada = harbour.guest()

    done = harbour.script(
        "confirm", "--all", ROLLCALL_ORGANIZATION_KEY=harbour.key_file.read_text()
    )

    assert done.returncode == 0, done.stderr
    assert harbour.key_of(ada) == read_key_file(harbour.key_file)


def test_wrong_usage_is_told_before_anything_is_asked(harbour: KeyedResident) -> None:
    policy = harbour.folder / "policy.toml"
    policy.write_text("")

    for arguments in (
        ("confirm",),
        ("confirm", "--all", "--email", "a@example.com"),
        ("confirm", "--watch", "--all", "--limit", "3"),
        ("confirm", "--watch", "--email", "a@example.com"),
        ("confirm", "--all", "--fingerprint", "a b c"),
        ("confirm", "--policy", policy),
    ):
        done = harbour.script(*arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments


def test_what_cannot_go_on_ends_with_one_line(harbour: KeyedResident) -> None:
    harbour.guest()
    other = harbour.folder / "other.json"
    jwk = json.loads(harbour.key_file.read_text())
    other.write_text(json.dumps(jwk | {"ver": 2}))
    other.chmod(0o600)

    old = harbour.script("confirm", "--all", "--key-file", other)
    none = harbour.script("confirm", "--all", "--key-file", harbour.folder / "none.json")
    token = harbour.script(
        "confirm", "--all", "--key-file", harbour.key_file, ROLLCALL_ACCESS_TOKEN="adm_wrong"
    )
    passphrase = harbour.run("confirm", "--all", ROLLCALL_PASSPHRASE="another passphrase")

    for done, message in (
        (old, "holds version 2 of the organization key, and the organization has version 1."),
        (none, "none.json cannot be read: No such file or directory."),
        (token, "The server does not accept this access token: it is wrong, revoked or expired."),
        (passphrase, "This is not the passphrase of "),
    ):
        assert (done.returncode, done.stdout) == (1, ""), done.stderr
        assert message in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert set(harbour.confirmations().values()) <= {0, 1}


def test_words_of_the_key_are_the_same_for_all(harbour: KeyedResident) -> None:
    ada = harbour.guest()
    harbour.script("confirm", "--all", "--key-file", harbour.key_file)

    shown = json.loads(harbour.run("key", "show", "--fingerprint", "--json").stdout)

    assert shown["organizationFingerprint"] == organization_fingerprint(harbour.key_of(ada))
    assert shown["keyState"] == "CURRENT"
