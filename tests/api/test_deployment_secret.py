"""The deployment's secret is made once, complete, for its owner alone; keys are derived from it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.deployment_secret import deployment_secret, derived_key, secret_file
from api.settings import Settings
from api.start_error import StartError
from tests.support.command_line import CommandLine
from tests.support.database import TestDatabase
from tests.support.factories import unique


def test_is_made_once(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "data")

    secret = deployment_secret(settings)

    assert len(secret) == 32
    assert deployment_secret(settings) == secret
    assert secret_file(settings).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.data_dir.iterdir()] == ["secret.key"]


def test_of_many_at_once_one_wins(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: deployment_secret(settings), range(8)))

    assert len(secrets) == 1


def test_settings_come_first(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr("s" * 40))

    assert deployment_secret(settings) == b"s" * 40
    assert not secret_file(settings).exists()


def test_a_command_beside_a_database_of_ones_own_makes_none(served_database: TestDatabase) -> None:
    shell = CommandLine(served_database, ROLLCALL_SECRET_KEY="")
    folder = Path(shell.settings["ROLLCALL_DATA_DIR"])

    looking = shell.run("organization", "list")
    made = shell.run("init", "--organization", unique("Acme"), "--owner", "ann@example.com")
    looking_again = shell.run("organization", "list")

    assert looking.exit_code == 1
    assert str(folder / "secret.key") in looking.stderr
    assert "ROLLCALL_SECRET_KEY" in looking.stderr
    assert made.exit_code == 0, made.stderr
    assert looking_again.exit_code == 0, looking_again.stderr


def test_damaged_or_unreadable_is_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    secret_file(settings).write_bytes(b"")
    with pytest.raises(StartError, match="damaged"):
        deployment_secret(settings)

    secret_file(settings).unlink()
    secret_file(settings).mkdir()
    with pytest.raises(StartError, match="ROLLCALL_SECRET_KEY"):
        deployment_secret(settings)


def test_purposes_have_keys_of_their_own() -> None:
    assert derived_key(b"x" * 32, "links") != derived_key(b"x" * 32, "cursors")
    assert derived_key(b"x" * 32, "links") == derived_key(b"x" * 32, "links")
