"""What commands print is safe to look at, whoever chose the names; help is about one command."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from api.cli import COMMANDS, app
from api.cli.console import Line, print_result, print_rows, say

COLUMNS = 80
COLOURED = "Ada \x1b[31mLovelace\x1b]0;a title\x07"
SHOWN = "Ada \N{REPLACEMENT CHARACTER}[31mLovelace\N{REPLACEMENT CHARACTER}]0;a title"


def test_no_name_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_result([Line("name", "name", COLOURED)], as_json=False)
    print_rows({"name": "name"}, [{"name": [COLOURED]}], as_json=False)
    say(f"{COLOURED} is no member.\nSecond line")
    printed = capsys.readouterr()

    assert printed.out.count(SHOWN) == 2
    assert SHOWN in printed.err
    assert "\nSecond line\n" in printed.err
    assert "\x1b" not in printed.out + printed.err


def paths(command: Any, *names: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the names that lead to it."""
    yield names, command
    if not hasattr(command, "list_commands"):
        return
    context = command.make_context("rollcall", [], resilient_parsing=True)
    for name in command.list_commands(context):
        yield from paths(command.resolve_command(context, [name])[1], *names, name)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_is_about_it_alone(name: str) -> None:
    shown = CliRunner().invoke(app, [name, "--help"], prog_name="rollcall")

    assert shown.exit_code == 0
    assert COMMANDS[name].split(",")[0] in " ".join(shown.stdout.split())
    assert "completion" not in shown.stdout


def test_help_is_complete_on_a_narrow_screen() -> None:
    seen = 0
    for names, command in paths(get_command(app)):
        shown = CliRunner().invoke(
            app, [*names, "--help"], prog_name="rollcall", env={"COLUMNS": str(COLUMNS)}
        )
        lines = shown.stdout.splitlines()
        words = set(shown.stdout.replace(",", " ").split())

        assert shown.exit_code == 0
        assert max(map(len, lines)) <= COLUMNS
        assert [line for line in lines if line.endswith("...") and "Usage:" not in line] == []
        for option in command.params:
            names_of = {name for name in (*option.opts, *option.secondary_opts) if "-" in name[:1]}
            assert names_of <= words, names
            seen += len(names_of)
    assert seen > 150


def test_many_values_are_listed_whole() -> None:
    shown = CliRunner().invoke(
        app, ["scim", "set", "--help"], prog_name="rollcall", env={"COLUMNS": str(COLUMNS)}
    )
    words = shown.stdout.replace(",", " ").split()

    assert {"entra_id", "keycloak", "strict-member-ids", "guard-max-percent"} <= set(words)
    assert "<conflict|restore>" in words


def test_help_of_a_single_command_has_all_its_words() -> None:
    shown = CliRunner().invoke(app, ["init", "--help"], prog_name="rollcall")

    assert "An existing name is exit code 3." in " ".join(shown.stdout.split())
