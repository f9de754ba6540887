"""A rotation that is killed when some have the new key, and people come and go before the next."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from api.remote.key_file import read_key_file
from domain.commands import RemoveMember, RestoreMember
from tests.support.factories import SYSTEM
from tests.support.house import await_that
from tests.support.key_pairs import PASSPHRASE, keys
from tests.support.keyed import give_keys
from tests.support.keyed_house import Guest, KeyedResident, lines_of

IN_THREES = "import api.confirming.run as run; run.BATCH = 3; from api.cli import app; app()"
"""The program `rollcall`, which sends three members at once where it sends a hundred."""
HOLD = "SELECT FROM members WHERE organization_id = $1 AND id = $2 FOR UPDATE"


def versions(harbour: KeyedResident, guests: list[Guest]) -> list[int]:
    sql = "SELECT id, wrapped_key_version AS ver FROM members WHERE organization_id = $1"
    found = {row["id"]: row["ver"] for row in harbour.rows(sql)}
    return [found[guest.member.id] for guest in guests]


def kill_in_the_middle(harbour: KeyedResident, guests: list[Guest], held_up: Guest) -> None:
    """Rotate, and kill -9 when the first batch is through and the second waits for `held_up`."""
    file = str(harbour.key_file)
    command = [sys.executable, "-c", IN_THREES, "key", "rotate", "--key-file", file]
    with harbour.holding(HOLD, harbour.organization_id, held_up.member.id):
        rotating = subprocess.Popen(
            command,
            env=harbour.environment(ROLLCALL_PASSPHRASE=PASSPHRASE),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        await_that(lambda: versions(harbour, guests)[:3] == [2, 2, 2], "three have it", within=60)
        rotating.kill()
        rotating.wait()
    assert versions(harbour, guests)[-3:] == [1, 1, 1]


@pytest.mark.faults
def test_a_rotation_goes_on_though_people_came_and_went(harbour: KeyedResident) -> None:
    run, app = harbour.house.blocking.run, harbour.house.blocking.app
    guests = [harbour.guest() for _ in range(9)]
    confirm = ("confirm", "--key-file", harbour.key_file, "--json")
    assert harbour.script(*confirm, "--all").returncode == 0
    kill_in_the_middle(harbour, guests, guests[4])

    # The new key is in the file: who confirms with it hands over no other.
    comes, waits = harbour.guest(), harbour.guest()
    assert [
        row["result"] for row in lines_of(harbour.script(*confirm, "--email", comes.email))
    ] == ["CONFIRMED"]
    harbour.revoke(guests[0])
    harbour.revoke(guests[8])
    gone = RemoveMember(harbour.organization_id, guests[7].member.id)
    run(app.execute(gone, SYSTEM))
    moved = replace(guests[6], held=keys(1002))
    run(give_keys(app, moved.member, moved.held))
    done = harbour.run("key", "rotate", "--key-file", harbour.key_file, "--json")

    rotated = json.loads(done.stdout)
    assert (done.returncode, rotated["wentOn"], rotated["keyVersion"]) == (0, True, 2)
    assert rotated["leftOut"] == 0
    key = read_key_file(harbour.key_file)
    assert key.version == 2
    assert {harbour.key_of(guest) for guest in [*guests[1:6], moved, comes]} == {key}
    # Whose access has ended gets nothing new, and nobody is confirmed by a rotation.
    assert versions(harbour, [guests[8], waits]) == [1, 0]
    counts = harbour.confirmations()
    assert [counts[guest.email] for guest in [*guests[:7], comes, waits]] == [1] * 8 + [0]

    run(app.execute(RestoreMember(harbour.organization_id, guests[8].member.id), SYSTEM))
    late = lines_of(harbour.script(*confirm, "--all"))
    assert {row["email"]: row["result"] for row in late} == {
        guests[8].email: "REWRAPPED",
        waits.email: "CONFIRMED",
    }
    assert {harbour.key_of(guest) for guest in (guests[8], waits)} == {key}
