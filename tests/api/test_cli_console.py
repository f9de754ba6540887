"""What commands print is safe to look at, whoever chose the names; help is about one command."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from api.cli import COMMANDS, app
from api.cli.console import Line, print_result, print_rows, say

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


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_is_about_it_alone(name: str) -> None:
    shown = CliRunner().invoke(app, [name, "--help"], prog_name="rollcall")

    assert shown.exit_code == 0
    assert COMMANDS[name].split(",")[0] in " ".join(shown.stdout.split())
    assert "completion" not in shown.stdout
