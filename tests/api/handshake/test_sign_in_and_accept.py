"""`rollcall sign-in` and `rollcall accept`: a session, a new member, without a browser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from domain.keys.fingerprint import member_fingerprint
from tests.support import factories
from tests.support.house import House
from tests.support.key_pairs import PASSPHRASE
from tests.support.keyed_house import Invited, KeyedResident
from tests.support.server import rollcall


def shown(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def guest_shell(harbour: KeyedResident, home: Path) -> dict[str, str]:
    """The environment of somebody who has nothing but a mail."""
    environment = harbour.environment(HOME=str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "ROLLCALL_SERVER_URL"):
        del environment[name]
    return environment


def state_of(harbour: KeyedResident, invited: Invited) -> tuple[str, str | None]:
    (row,) = harbour.rows(
        "SELECT m.stage, a.public_key->>'kid' AS kid FROM members m LEFT JOIN accounts a"
        " ON a.id = m.account_id WHERE m.organization_id = $1 AND m.id = $2",
        invited.member_id,
    )
    return row["stage"], row["kid"]


def test_an_invitation_is_accepted_with_a_passphrase_from_a_file(
    harbour: KeyedResident, tmp_path: Path
) -> None:
    invited = harbour.invite()
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(f"{PASSPHRASE}\n")
    passphrase.chmod(0o600)

    done = rollcall(
        "accept",
        invited.link,
        "--passphrase-file",
        str(passphrase),
        "--name",
        "Ada Lovelace",
        "--json",
        environment=guest_shell(harbour, tmp_path),
    )

    stage, kid = state_of(harbour, invited)
    accepted = shown(done)
    assert stage == "ACCEPTED"
    assert kid is not None
    assert (accepted["email"], accepted["status"]) == (invited.email, "ACCEPTED")
    assert accepted["fingerprint"] == member_fingerprint(kid, invited.member_id)
    assert not (tmp_path / ".config").exists()
    assert PASSPHRASE not in done.stdout + done.stderr
    # Whoever keeps no session leaves none behind.
    assert (
        harbour.rows(
            "SELECT count(*) AS n FROM sessions s JOIN members m ON m.account_id = s.account_id"
            " WHERE m.organization_id = $1 AND m.id = $2 AND s.ended_at IS NULL",
            invited.member_id,
        )[0]["n"]
        == 0
    )


def test_a_session_is_kept_where_it_is_asked_for(harbour: KeyedResident, tmp_path: Path) -> None:
    invited = harbour.invite()
    session = tmp_path / "session.json"
    environment = guest_shell(harbour, tmp_path) | {"ROLLCALL_PASSPHRASE": PASSPHRASE}
    server = ("--server", harbour.house.server.url)

    shown(
        rollcall(
            "accept",
            invited.link,
            "--session",
            str(session),
            "--json",
            environment=environment,
        )
    )
    before = rollcall("key", "unlock", *server, "--session", str(session), environment=environment)
    harbour.script("confirm", "--all", "--key-file", harbour.key_file)
    after = rollcall(
        "key", "unlock", *server, "--session", str(session), "--json", environment=environment
    )

    assert session.stat().st_mode & 0o777 == 0o600
    assert before.returncode == 1
    assert "an administrator must confirm you first" in before.stderr
    owners = shown(harbour.run("key", "unlock", "--json"))
    assert shown(after)["organizationFingerprint"] == owners["organizationFingerprint"]


def test_an_account_signs_in_first_and_keeps_its_keys(
    harbour: KeyedResident, house: House, tmp_path: Path
) -> None:
    ada = harbour.invite()
    environment = guest_shell(harbour, tmp_path) | {"ROLLCALL_PASSPHRASE": PASSPHRASE}
    shown(rollcall("accept", ada.link, "--keep-session", "--json", environment=environment))
    _, kid = state_of(harbour, ada)
    second = house.resident()
    member = house.blocking.run(
        factories.member(house.blocking.app, second.organization_id, email=ada.email)
    )
    there = house.accept_link(member)

    stranger = rollcall("accept", there, environment=guest_shell(harbour, tmp_path / "stranger"))
    done = rollcall(
        "accept", there, "--json", environment=environment | {"ROLLCALL_PASSPHRASE": ""}
    )

    assert stranger.returncode == 1
    assert f"{ada.email} has an account here: sign in first" in stranger.stderr
    assert shown(done)["status"] == "ACCEPTED"
    rows = second.rows(
        "SELECT a.public_key->>'kid' AS kid FROM members m JOIN accounts a ON a.id = m.account_id"
        " WHERE m.organization_id = $1"
    )
    assert [row["kid"] for row in rows] == [kid]


def test_a_link_that_does_not_work_says_why(harbour: KeyedResident, tmp_path: Path) -> None:
    used = harbour.invite()
    environment = guest_shell(harbour, tmp_path) | {"ROLLCALL_PASSPHRASE": PASSPHRASE}
    shown(rollcall("accept", used.link, "--json", environment=environment))

    again = rollcall("accept", used.link, environment=environment)
    wrong = rollcall("accept", used.link + "x", environment=environment)
    none = rollcall("accept", "https://rollcall.example.com/accept", environment=environment)

    assert again.returncode == wrong.returncode == none.returncode == 1
    assert again.stderr.startswith("The invitation was accepted already.")
    for done in (again, wrong, none):
        assert len(done.stderr.splitlines()) == 1
        assert used.link not in done.stderr


def test_another_link_is_sent_for_one_that_has_expired(
    harbour: KeyedResident, tmp_path: Path
) -> None:
    expired, open_one = harbour.invite(), harbour.invite()
    environment = guest_shell(harbour, tmp_path)
    # Asked for again at the soonest ten minutes after the last one.
    harbour.rows(
        "UPDATE invitations SET queued_at = queued_at - interval '6 days',"
        " expires_at = now() - interval '1 day' WHERE organization_id = $1 AND member_id = $2"
        " RETURNING 1",
        expired.member_id,
    )

    done = [
        rollcall("accept", each.link, "--new-link", environment=environment)
        for each in (expired, open_one)
    ]

    # Both hear the same; one gets another link.
    assert [(each.returncode, each.stdout) for each in done] == [(0, "")] * 2
    assert {each.stderr for each in done} == {
        "If the invitation still stands, a new link is on its way.\n"
    }
    invited = harbour.rows(
        "SELECT member_id, count(*) AS n FROM invitations WHERE organization_id = $1"
        " GROUP BY member_id"
    )
    counts = {row["member_id"]: row["n"] for row in invited}
    assert (counts[expired.member_id], counts[open_one.member_id]) == (2, 1)


def test_a_short_passphrase_is_refused_before_anything_happens(
    harbour: KeyedResident, tmp_path: Path
) -> None:
    invited = harbour.invite()
    environment = guest_shell(harbour, tmp_path) | {"ROLLCALL_PASSPHRASE": "too short"}

    done = rollcall("accept", invited.link, environment=environment)

    assert done.returncode == 1
    assert "A passphrase has at least 14 characters." in done.stderr
    assert state_of(harbour, invited) == ("INVITED", None)


def test_a_sign_in_link_comes_by_mail_and_works_once(harbour: KeyedResident) -> None:
    house = harbour.house
    email = harbour.rows("SELECT email FROM members WHERE organization_id = $1 AND role = 'OWNER'")[
        0
    ]["email"]
    made = house.server.rollcall("sign-in-link", "--email", email, "--json")
    link = shown(made)["signInUrl"]
    session = harbour.folder / "second.json"
    sign_in = ("sign-in", link, "--session", session, "--json")

    first = shown(harbour.run(*sign_in))
    again = harbour.run(*sign_in)
    known = shown(harbour.run("key", "show", "--session", session, "--json"))
    out = harbour.run("sign-in", "--sign-out", "--session", session)
    after = harbour.run("key", "show", "--session", session)

    assert (first["email"], first["organizations"]) == (email, [harbour.slug])
    assert again.returncode == 1
    assert link.partition("#")[2] not in again.stderr
    assert known["status"] == "CONFIRMED"
    assert out.returncode == 0
    assert after.returncode == 1
    assert "Sign in first" in after.stderr


def test_asking_for_a_link_says_the_same_of_everybody(harbour: KeyedResident) -> None:
    done = harbour.run("sign-in", "--email", "nobody@example.com")

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("If nobody@example.com is known at http://127.0.0.1:")
