"""`rollcall init`, `organization list`, `env`: organizations and what opens them."""

import asyncio
import json
import shlex
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.secrets import read_secret
from tests.support.command_line import CommandLine
from tests.support.database import TestDatabase


@pytest.fixture
def shell(worker_database: TestDatabase) -> CommandLine:
    return CommandLine(worker_database)


def fresh_name() -> str:
    return f"Acme {uuid4().hex}"


async def counts(url: str, organization_id: str) -> dict[str, int]:
    connection = await asyncpg.connect(url)
    try:
        return {
            table: await connection.fetchval(
                f"SELECT count(*) FROM {table} WHERE organization_id = $1", organization_id
            )
            for table in ("members", "scim_credentials", "access_tokens", "invitations", "mails")
        }
    finally:
        await connection.close()


def test_json_is_one_object_with_the_agreed_names(shell: CommandLine) -> None:
    name = fresh_name()

    done = shell.run("init", "--organization", name, "--owner", "olga@example.com", "--json")

    assert done.exit_code == 0
    made = json.loads(done.stdout)
    assert list(made) == [
        "organizationId",
        "organizationSlug",
        "scimBaseUrl",
        "scimApiKey",
        "accessToken",
        "signInUrl",
    ]
    assert str(UUID(made["organizationId"])) == made["organizationId"]
    assert made["organizationSlug"] == name.lower().replace(" ", "-")
    assert made["scimBaseUrl"] == f"https://rollcall.example.com/v2/{made['organizationId']}"
    assert read_secret("rck", 1, made["scimApiKey"]) is not None
    assert read_secret("adm", 1, made["accessToken"]) is not None
    base, _, token = made["signInUrl"].partition("#")
    assert base == "https://rollcall.example.com/sign-in"
    assert read_secret("sil", 1, token) is not None


async def test_owner_is_confirmed_and_one_key_and_token_exist(
    shell: CommandLine, worker_database: TestDatabase
) -> None:
    name = fresh_name()
    arguments = ("init", "--organization", name, "--owner", "olga@example.com")
    made = await asyncio.to_thread(shell.json, *arguments)

    assert await counts(worker_database.owner_url, made["organizationId"]) == {
        "members": 1,
        "scim_credentials": 1,
        "access_tokens": 1,
        "invitations": 0,
        "mails": 0,
    }
    connection = await asyncpg.connect(worker_database.owner_url)
    try:
        owner = await connection.fetchrow(
            "SELECT email, role, stage FROM members WHERE organization_id = $1",
            made["organizationId"],
        )
        actors = await connection.fetch(
            "SELECT DISTINCT origin, actor_kind FROM audit_events WHERE organization_id = $1",
            made["organizationId"],
        )
    finally:
        await connection.close()
    assert tuple(owner) == ("olga@example.com", "OWNER", "CONFIRMED")
    assert [tuple(actor) for actor in actors] == [("CLI", "SYSTEM_PROCESS")]


def test_existing_name_is_exit_code_three_in_any_spelling(shell: CommandLine) -> None:
    name = fresh_name()
    shell.json("init", "--organization", name, "--owner", "olga@example.com")

    again = shell.run("init", "--organization", name.upper(), "--owner", "b@example.com", "--json")

    assert again.exit_code == 3
    assert again.stdout == ""
    assert again.stderr.splitlines() == [
        f"There is an organization named '{name.upper()}' already; with --if-missing that is fine."
    ]


def test_if_missing_prints_the_existing_one_without_secrets(shell: CommandLine) -> None:
    name = fresh_name()
    arguments = ("init", "--organization", name, "--owner", "olga@example.com", "--if-missing")
    made = shell.json(*arguments)

    again = shell.json(*arguments)

    assert again == made | {"scimApiKey": None, "accessToken": None, "signInUrl": None}


def test_several_organizations_are_listed_by_name(shell: CommandLine) -> None:
    names = sorted(fresh_name() for _ in range(2))
    for name in reversed(names):
        shell.json("init", "--organization", name, "--owner", "olga@example.com")

    listed = [entry for entry in shell.json("organization", "list") if entry["name"] in names]

    assert [entry["name"] for entry in listed] == names
    assert all(entry["scimEnabled"] for entry in listed)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--organization", " ", "--owner", "a@example.com"), "name must not be empty."),
        (("--organization", "X" * 201, "--owner", "a@example.com"), "name must be at most 200"),
        (("--organization", "Fine", "--owner", "nobody"), ""),
    ],
)
def test_bad_values_are_one_line(shell: CommandLine, arguments: tuple[str, ...], line: str) -> None:
    refused = shell.run("init", *arguments)

    assert refused.exit_code == 1
    assert refused.stderr.startswith(line)
    assert len(refused.stderr.splitlines()) == 1
    assert "Fine" not in shell.run("organization", "list").stdout


def test_missing_option_is_a_usage_error(shell: CommandLine) -> None:
    assert shell.run("init", "--organization", "Acme").exit_code == 2
    assert shell.run("no-such-command").exit_code == 2


def test_env_prints_shell_variables_for_a_day(shell: CommandLine) -> None:
    made = shell.json("init", "--organization", fresh_name(), "--owner", "olga@example.com")

    done = shell.run("env", "--organization", made["organizationSlug"])

    lines = [shlex.split(line)[1] for line in done.stdout.splitlines()]
    variables = dict(line.split("=", 1) for line in lines)
    assert variables["SCIM_BASE_URL"] == made["scimBaseUrl"]
    assert variables["SCIM_API_KEY"] != made["scimApiKey"]
    assert variables["GRAPHQL_URL"] == "https://rollcall.example.com/graphql"
    assert read_secret("adm", 1, variables["ACCESS_TOKEN"]) is not None
    keys = shell.json("scim-key", "list", "--organization", made["organizationId"])
    assert [key["expiresAt"] is None for key in keys] == [True, False]


def test_unknown_setting_is_a_warning_and_a_bad_one_the_end(shell: CommandLine) -> None:
    warned = shell.run("organization", "list", "--json", ROLLCALL_PROT="9000")
    refused = shell.run("organization", "list", ROLLCALL_PORT="many")

    assert warned.exit_code == 0
    assert "ROLLCALL_PROT is no setting" in warned.stderr
    json.loads(warned.stdout)
    assert refused.exit_code == 1
    assert refused.stderr.startswith("ROLLCALL_PORT: ")
    assert len(refused.stderr.splitlines()) == 1


def test_an_operator_makes_further_links_to_sign_in(shell: CommandLine) -> None:
    address, stranger = (f"{uuid4().hex}@example.com" for _ in range(2))
    made = shell.json("init", "--organization", fresh_name(), "--owner", address)

    again = shell.json("sign-in-link", "--email", address.upper())
    plain = shell.run("sign-in-link", "--email", address)
    unknown = shell.run("sign-in-link", "--email", stranger)

    assert list(again) == ["signInUrl"]
    assert again["signInUrl"] != made["signInUrl"]
    assert again["signInUrl"].startswith("https://rollcall.example.com/sign-in#sil_")
    assert "https://rollcall.example.com/sign-in#sil_" in plain.stdout
    assert unknown.exit_code == 1
    assert unknown.stderr.splitlines() == [f"There is no account {stranger}."]
