"""`rollcall run`, `demo` and `init` on a machine where nothing runs yet."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.embedded_database import EmbeddedDatabase
from tests.support.begun_folder import begin
from tests.support.server import PROGRAM, START_SECONDS, rollcall, server_environment, stop_database


@contextmanager
def run(environment: dict[str, str], output: Path) -> Iterator[None]:
    """`rollcall run` until it has said how to go on; then it is stopped."""
    with output.open("wb") as file:
        process = subprocess.Popen([PROGRAM, "run"], env=environment, stdout=file, stderr=file)
    try:
        deadline = time.monotonic() + START_SECONDS
        while "Stop with Ctrl-C" not in output.read_text():
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < deadline, output.read_text()
            time.sleep(0.05)
        yield
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def test_first_start_shows_secrets_that_work_and_later_ones_how_to_get_more(data_dir: Path) -> None:
    environment = server_environment(data_dir)
    url = f"http://127.0.0.1:{environment['ROLLCALL_PORT']}"
    first, second = data_dir / "first.log", data_dir / "second.log"
    try:
        with run(environment, first):
            said = first.read_text()
            base = re.search(r"SCIM base URL +(\S+)", said)
            key = re.search(r"SCIM API key +(\S+)", said)
            token = re.search(r"access token +(\S+)", said)
            link = re.search(r"sign in at +(\S+)", said)
            assert base is not None
            assert key is not None
            assert token is not None
            assert link is not None
            assert link[1].startswith(f"{url}/sign-in#sil_")
            assert base[1].startswith(f"{url}/v2/")
            listed = httpx.get(f"{base[1]}/Users", headers={"Authorization": f"Bearer {key[1]}"})
            asked = httpx.post(
                f"{url}/graphql",
                json={"query": "{ organizations { nodes { slug } } }"},
                headers={"Authorization": f"Bearer {token[1]}"},
            )
            assert listed.json()["totalResults"] == 1
            assert asked.json()["data"]["organizations"]["nodes"] == [{"slug": "demo"}]

            shown = rollcall("demo", environment=environment)

            assert shown.returncode == 0, shown.stderr
            for expected in (
                "7 total, 4 invited, 1 confirmed, 2 revoked",
                "member.removed",
                "APPLIED",
            ):
                assert expected in shown.stdout

        with run(environment, second):
            again = second.read_text()
            assert "rck_" not in again
            assert "adm_" not in again
            assert "scim-key rotate" in again
    finally:
        stop_database(data_dir)


def test_init_starts_the_database_and_stops_it_again(data_dir: Path) -> None:
    environment = server_environment(data_dir)

    made = rollcall(
        "init", "-o", "Acme", "--owner", "o@example.com", "--json", environment=environment
    )

    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["organizationSlug"] == "acme"
    assert not list(data_dir.glob("data/postgresql-*/postmaster.pid"))
    assert f"Made a new, empty database in {data_dir / 'data'}." in made.stderr
    again = rollcall("init", "-o", "Other", "--owner", "o@example.com", environment=environment)
    assert "Made a new" not in again.stderr


@pytest.mark.parametrize(
    "words",
    [
        "organization list",
        "backup x",
        "env",
        "token list --all-organizations",
        "mail list",
        "demo",
        "doctor",
    ],
)
def test_who_only_looks_makes_no_database_but_hears_where_none_is(
    data_dir: Path, words: str
) -> None:
    environment = server_environment(data_dir)
    folder = Path(environment["ROLLCALL_DATA_DIR"])

    refused = rollcall(*words.split(), environment=environment)

    assert refused.returncode == 1
    said = " ".join((refused.stderr + refused.stdout).split())
    assert f"There is no database in {folder}; start the server once with `rollcall run`" in said
    assert "ROLLCALL_DATA_DIR" in said
    assert not folder.exists()


def test_the_doctor_finds_nothing_wrong_with_a_database_that_is_still_empty(
    data_dir: Path,
) -> None:
    environment = server_environment(data_dir)
    database = EmbeddedDatabase(Path(environment["ROLLCALL_DATA_DIR"]))
    database.start()
    database.release()

    done = rollcall("doctor", "--json", environment=environment)

    found = {row["what"]: (row["health"], row["text"]) for row in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout
    assert found["schema"] == ("ok", "no tables yet; the next start makes them")
    assert found["time limits"] == ("ok", "they are set together with the tables")
    assert "is not there; the first start makes it" in found["secret key"][1]
    assert not (database.data_dir / "secret.key").exists()


def test_a_folder_for_other_things_is_left_alone(data_dir: Path) -> None:
    environment = server_environment(data_dir)
    folder = Path(environment["ROLLCALL_DATA_DIR"])
    folder.mkdir()
    (folder / "mine.csv").write_text("1,2")

    refused = rollcall("organization", "list", environment=environment)

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"There is no database in {folder}; ")
    assert [path.name for path in folder.iterdir()] == ["mine.csv"]


def test_demo_without_a_server_says_what_to_do(data_dir: Path) -> None:
    environment = server_environment(data_dir)
    begin(data_dir / "data")

    refused = rollcall("demo", environment=environment)

    assert refused.returncode == 1
    url = f"http://127.0.0.1:{environment['ROLLCALL_PORT']}"
    assert refused.stderr.startswith(f"No server is ready at {url}. Start one in another terminal")
    assert "set ROLLCALL_PORT here, too" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not list(data_dir.glob("data/postgresql-*/postmaster.pid"))
