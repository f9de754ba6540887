"""The deployment's secret is made once, complete, for its owner alone; keys are derived from it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.deployment_secret import deployment_secret, derived_key, secret_file
from api.settings import Settings
from api.start_error import StartError


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
