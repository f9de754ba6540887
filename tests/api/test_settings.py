"""Settings come from the environment, say what is wrong in one line, and keep their secrets."""

import re
from pathlib import Path

import pytest

from api.settings import (
    Settings,
    SettingsError,
    SmtpSecurity,
    load_settings,
    unknown_variables,
    variable,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)


def test_defaults_need_no_environment() -> None:
    settings = load_settings()

    assert settings.data_dir == Path("data")
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.database_url is None
    assert settings.invitation_grace_seconds == 10
    assert settings.invitation_lifetime_hours == 120


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:9000"), ("::1", "http://[::1]:9000")],  # noqa: S104
)
def test_public_url_follows_host_and_port(
    host: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLCALL_HOST", host)
    monkeypatch.setenv("ROLLCALL_PORT", "9000")

    assert load_settings().public_url == url


def test_values_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_PUBLIC_URL", "https://roll.example/")
    monkeypatch.setenv("ROLLCALL_SMTP_SECURITY", "tls")
    monkeypatch.setenv("ROLLCALL_POOL_SIZE", "")  # as docker-compose passes what is not set

    settings = load_settings()

    assert settings.public_url == "https://roll.example"
    assert settings.smtp_security is SmtpSecurity.TLS
    assert settings.pool_size == 16


def test_every_bad_value_gets_one_line_without_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_PORT", "99999")
    monkeypatch.setenv("ROLLCALL_PUBLIC_URL", "https://roll.example/base/")
    monkeypatch.setenv("ROLLCALL_DATABASE_URL", "mysql://me:hunter2@host/name")
    monkeypatch.setenv("ROLLCALL_SECRET_KEY", "hunter2")
    monkeypatch.setenv("ROLLCALL_MAIL_FROM", "nobody\nBcc: all@example.com")

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert caught.value.lines == [
        "ROLLCALL_PORT: input should be less than or equal to 65535.",
        "ROLLCALL_PUBLIC_URL: it must have no path: give Rollcall a host name of its own.",
        "ROLLCALL_DATABASE_URL: it must begin with postgresql://.",
        "ROLLCALL_SECRET_KEY: it must have at least 32 characters.",
        "ROLLCALL_MAIL_FROM: it must be an address, as in Rollcall <rollcall@example.com>.",
    ]


def test_settings_that_belong_together_are_asked_for_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ROLLCALL_SMTP_USERNAME", "me")

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert caught.value.lines == [
        "ROLLCALL_SMTP_USERNAME and ROLLCALL_SMTP_PASSWORD belong together."
    ]


def test_a_replica_needs_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_DATABASE_READ_URL", "postgresql://host/name")

    with pytest.raises(SettingsError, match="needs ROLLCALL_DATABASE_URL"):
        load_settings()


def test_secrets_are_in_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_DATABASE_URL", "postgresql://me:hunter2@one,two/name")
    monkeypatch.setenv("ROLLCALL_SECRET_KEY", "hunter2" * 5)
    monkeypatch.setenv("ROLLCALL_SMTP_USERNAME", "me")
    monkeypatch.setenv("ROLLCALL_SMTP_PASSWORD", "hunter2")

    settings = load_settings()

    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "hunter2"


def test_unknown_variables_are_warned_about_by_name_alone() -> None:
    environment = {
        "ROLLCALL_FOO": "1",
        "ROLLCALL_SMTP_PASWORD": "hunter2",
        "ROLLCALL_TEST_X": "",
        "PORT": "1",
    }

    assert unknown_variables(environment) == [
        "ROLLCALL_FOO is no setting of Rollcall and is ignored.",
        (
            "ROLLCALL_SMTP_PASWORD is no setting of Rollcall and is ignored. "
            "Did you mean ROLLCALL_SMTP_PASSWORD?"
        ),
    ]


def test_document_and_class_name_the_same_settings() -> None:
    rows = re.findall(
        r"^\| `(ROLLCALL_\w+)` \| (.*) \| (.*) \|$", DOCUMENT.read_text(), re.MULTILINE
    )
    described = {name: (default, text) for name, default, text in rows}

    expected = {}
    for name, field in Settings.model_fields.items():
        default = "none" if field.default is None else f"`{field.default}`"
        default = "`http://HOST:PORT`" if name == "public_url" else default
        expected[variable(name)] = (default, field.description)

    assert described == expected
    named = set(re.findall(r"ROLLCALL_[A-Z_]+[A-Z]", DOCUMENT.read_text()))
    assert named == set(expected)


def test_proxies_are_addresses_or_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_TRUSTED_PROXIES", "10.0.0.0/8, ::1,")
    assert load_settings().trusted_proxies == "10.0.0.0/8,::1"

    monkeypatch.setenv("ROLLCALL_TRUSTED_PROXIES", "*")
    with pytest.raises(SettingsError, match="is no IP address"):
        load_settings()
