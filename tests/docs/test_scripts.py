"""The scripts of the documentation run as they stand, against a real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.caller import ALL_SCOPES
from domain.commands import CreateAccessToken
from domain.vocabulary import MemberStatus
from tests.docs.pages import DOCS, table
from tests.support import factories
from tests.support.database import DatabaseFactory
from tests.support.house import House, Resident, open_house
from tests.support.keyed_house import keyed_resident

FOLDER = DOCS / "guides" / "scripts"
SCRIPTS = sorted(FOLDER.glob("*.py"))


@pytest.fixture(scope="module")
def house(database_factory: DatabaseFactory, worker_id: str) -> Iterator[House]:
    with open_house(database_factory.clone(f"scripts_{worker_id}")) as made:
        yield made


@pytest.fixture
def acme(house: House) -> Resident:
    return house.resident()


def slug(resident: Resident) -> str:
    (row,) = resident.rows("SELECT slug FROM organizations WHERE id = $1")
    found: str = row["slug"]
    return found


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def environment_of(resident: Resident) -> dict[str, str]:
    """With a token that may do everything in the organization."""
    command = CreateAccessToken(resident.organization_id, "script", ALL_SCOPES)
    blocking = resident.house.blocking
    token = blocking.run(blocking.app.execute(command, factories.SYSTEM)).value.secret
    environment = {name: value for name, value in os.environ.items() if "ROLLCALL" not in name}
    environment |= {"GRAPHQL_URL": f"{resident.house.server.url}/graphql", "ACCESS_TOKEN": token}
    return environment


def run(
    resident: Resident, script: str, *arguments: object, **variables: str
) -> subprocess.CompletedProcess[str]:
    """The script's result."""
    return subprocess.run(
        [sys.executable, FOLDER / script, *map(str, arguments)],
        env=environment_of(resident) | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def member(resident: Resident, status: MemberStatus, external_id: str | None = None) -> str:
    blocking = resident.house.blocking
    made = blocking.run(
        factories.member(blocking.app, resident.organization_id, status, external_id=external_id)
    )
    assert made.attributes.email is not None
    return made.attributes.email


def test_every_script_is_on_the_page() -> None:
    rows = table(DOCS / "scripts.md", "script")

    assert {row[0].partition("](")[2][:-1] for row in rows} == {
        path.relative_to(DOCS).as_posix() for path in SCRIPTS
    }


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_page_says_how_each_is_called(script: Path) -> None:
    def asked(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(script), *arguments],
            env=os.environ | {"COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    (told,) = (
        row[1].strip("`") for row in table(DOCS / "scripts.md", "script") if script.name in row[0]
    )
    helped, bare = asked("--help"), asked()

    words = re.findall(r"\[[^]]+\]|\S+", told)
    places = [word.lower() for word in words if "--" not in word]
    options = [word for word in words if "--" in word]
    usage = f"usage: {script.name} {' '.join(['[-h]', *options, *places])}\n"
    assert (helped.returncode, helped.stdout[: len(usage)]) == (0, usage)
    assert f"python {script.name} {told}\n" in script.read_text()
    needed = f"{script.name}: error: the following arguments are required: {', '.join(places)}\n"
    assert (bare.returncode, bare.stderr) == (2, usage + needed)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_missing_or_a_wrong_token_is_one_line(
    acme: Resident, script: Path, tmp_path: Path
) -> None:
    more = [tmp_path / "file"] if script.stem == "export_history" else []

    missing = run(acme, script.name, slug(acme), *more, ACCESS_TOKEN="")
    wrong = run(acme, script.name, slug(acme), *more, ACCESS_TOKEN="adm_nothing")

    assert missing.stderr == "Set ACCESS_TOKEN, for instance by rollcall env.\n"
    assert wrong.stderr in {
        "Sign in, or send a valid access token: `Authorization: Bearer adm_…`.\n",
        "The server does not let this ACCESS_TOKEN in.\n",
    }
    assert (missing.returncode, wrong.returncode) == (1, 1)
    assert missing.stdout == wrong.stdout == ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_wrong_organization_is_one_line(acme: Resident, script: Path, tmp_path: Path) -> None:
    more = [tmp_path / "file"] if script.stem == "export_history" else []

    done = run(acme, script.name, "nobody", *more)

    assert done.returncode == 1
    assert done.stderr == "There is no organization nobody that this token may see.\n"


def test_confirm_pending(acme: Resident) -> None:
    accepted = [member(acme, MemberStatus.ACCEPTED) for _ in range(3)]
    invited = member(acme, MemberStatus.INVITED)

    first = run(acme, "confirm_pending.py", slug(acme))
    again = run(acme, "confirm_pending.py", slug(acme))

    assert first.stderr == again.stderr == again.stdout == ""
    assert sorted(first.stdout.splitlines()) == sorted(f"{name}: confirmed" for name in accepted)
    rows = acme.rows("SELECT email, stage FROM members WHERE organization_id = $1")
    assert {row["email"]: row["stage"] for row in rows} == dict.fromkeys(accepted, "CONFIRMED") | {
        invited: "INVITED"
    }


def test_confirm_pending_hands_over_the_key(house: House, tmp_path: Path) -> None:
    harbour = keyed_resident(house, tmp_path / "owner")
    guests = [harbour.guest() for _ in range(2)]

    without = run(harbour, "confirm_pending.py", harbour.slug)
    done = run(
        harbour,
        "confirm_pending.py",
        harbour.slug,
        ORGANIZATION_KEY_FILE=str(harbour.key_file),
    )

    assert (without.returncode, without.stdout) == (1, "")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"{guest.email}: confirmed" for guest in guests]
    assert [harbour.key_of(guest) for guest in guests] == [harbour.keyed.key] * 2


def test_export_history_goes_on_where_it_was(acme: Resident, tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"

    def export() -> list[int]:
        acme.wait_for_seal()
        done = run(acme, "export_history.py", slug(acme), file)
        assert (done.returncode, done.stderr) == (0, "")
        return [json.loads(line)["position"] for line in file.read_text().splitlines()]

    for _ in range(60):
        member(acme, MemberStatus.ACCEPTED)
    first = export()
    member(acme, MemberStatus.INVITED)
    second = export()

    # Each run makes a token, which is an event, too.
    assert first == list(range(1, len(first) + 1))
    assert len(first) > 100
    assert second[: len(first)] == first
    assert second == list(range(1, len(second) + 1))
    assert len(second) > len(first)


def test_members_without_external_id(acme: Resident) -> None:
    member(acme, MemberStatus.INVITED, external_id="known")
    unknown = sorted(member(acme, MemberStatus.ACCEPTED) for _ in range(2))

    done = run(acme, "members_without_external_id.py", slug(acme))

    assert done.stdout.splitlines() == [f"{email}\tACCEPTED\tUSER" for email in unknown]


def test_rotate_scim_key(acme: Resident) -> None:
    done = run(acme, "rotate_scim_key.py", slug(acme))

    assert done.stdout.startswith("rck_")
    assert done.stdout.strip() != acme.key
    assert done.stderr.startswith("Older keys work until 2")
    rows = acme.rows(
        "SELECT expires_at IS NULL AS lasting FROM scim_credentials WHERE organization_id = $1"
        " ORDER BY created_at"
    )
    assert [row["lasting"] for row in rows] == [False, True]


def test_watch_pending_confirmations_leaves_nobody_out(acme: Resident, tmp_path: Path) -> None:
    script, file = "watch_pending_confirmations.py", tmp_path / "cursor"
    member(acme, MemberStatus.INVITED)
    waits = member(acme, MemberStatus.ACCEPTED)
    first = run(acme, script, slug(acme), "--until-first")

    arguments = [FOLDER / script, slug(acme), "--state", file, "--seconds", "50"]
    with subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        env=environment_of(acme),
        stdout=subprocess.PIPE,
        text=True,
    ) as watching:
        assert watching.stdout is not None
        seen = [watching.stdout.readline().strip()]
        comes = member(acme, MemberStatus.ACCEPTED)
        seen.append(watching.stdout.readline().strip())
        wait_for(file.exists)
        watching.terminate()
    missed = member(acme, MemberStatus.ACCEPTED)
    later: list[str] = []
    while missed not in later:
        done = run(acme, script, slug(acme), "--until-first", "--state", file, "--seconds", "50")
        assert (done.returncode, done.stderr) == (0, "")
        later += done.stdout.splitlines()

    assert (first.stdout.splitlines(), first.stderr) == ([waits], "")
    assert seen == [waits, comes]
    # It was ended between two changes of the same person, perhaps.
    assert later in ([missed], [comes, missed])
    over = run(acme, script, slug(acme), "--state", file, "--seconds", "1")
    assert over.returncode == 0
    assert set(over.stdout.splitlines()) <= {missed}
