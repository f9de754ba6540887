"""Refusals name what was typed: each field of the API becomes the option that sets it."""

from __future__ import annotations

import pytest
from typer import Typer
from typer.main import get_command

from api.cli.option_names import in_options, remember_options


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("maxPercent must be small.", "--max-percent must be small."),
        ("issuer must begin with https://.", "--issuer must begin with https://."),
        ("clientSecret must not be empty.", "--client-secret-file must not be empty."),
        ("Take issuer or maxPercent.", "Take issuer or --max-percent."),
        (
            "subject and otherField stay, as does McCoy.",
            "subject and otherField stay, as does McCoy.",
        ),
    ],
)
def test_fields_become_options_of_the_command_that_runs(text: str, said: str) -> None:
    app = Typer()
    shown: list[str] = []

    @app.command()
    def one(max_percent: int = 1, issuer: str = "", client_secret_file: str = "") -> None:
        shown.append(in_options(text))

    @app.command()
    def other(subject: str) -> None:
        shown.append(in_options(text))

    command = get_command(app)
    remember_options(command)

    with pytest.raises(SystemExit):
        command(["one"])
    with pytest.raises(SystemExit):
        command(["other", "x"])

    assert shown == [said, text]
