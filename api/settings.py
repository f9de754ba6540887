"""The settings of every Rollcall program, read from ROLLCALL_* environment variables."""

import difflib
import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.setting_values import DatabaseUrl, MailAddress, OtlpEndpoint, Proxies, PublicUrl, SecretKey

PREFIX = "ROLLCALL_"
# Variables of the test suite are nobody's mistake.
TEST_PREFIX = "ROLLCALL_TEST_"
# What commands read that ask a server from any machine: no settings of the server.
CLIENT_VARIABLES = (
    "ROLLCALL_ACCESS_TOKEN",
    "ROLLCALL_ORGANIZATION_KEY",
    "ROLLCALL_PASSPHRASE",
    "ROLLCALL_SERVER_URL",
)


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class _AnyCase(StrEnum):
    """Values that may be written in any case."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return next((known for known in cls if known == str(value).lower()), None)


class LogLevel(_AnyCase):
    """The least severe message that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """For machines or for people."""

    JSON = "json"
    CONSOLE = "console"


class Switch(_AnyCase):
    """Whether something is done at all."""

    ON = "on"
    OFF = "off"


class SettingsError(Exception):
    """Settings that cannot be used: `lines` has one sentence for each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Settings(BaseSettings):
    """All settings. docs/settings.md describes the same ones; a test compares the two."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Field(
        Path("data"),
        description=(
            "Folder of the embedded database and of generated keys; relative to the working"
            " directory."
        ),
    )
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the server listens on.")
    public_url: PublicUrl = Field(
        "",
        description="Address, without a path, at which providers and people reach the server.",
    )
    trusted_proxies: Proxies | None = Field(
        None, description="Reverse proxies whose X-Forwarded-For is believed, separated by commas."
    )
    workers: int = Field(1, ge=1, le=64, description="Number of server processes.")
    max_connections: int = Field(
        1000, ge=10, le=100_000, description="Connections of clients to one process at a time."
    )

    database_url: DatabaseUrl | None = Field(
        None, description="PostgreSQL server to use; without it the embedded database runs."
    )
    database_read_url: DatabaseUrl | None = Field(
        None, description="Replica for queries of access tokens, while a second behind at most."
    )
    database_direct_url: DatabaseUrl | None = Field(
        None, description="Way past a connection pooler, for migrations, locks and LISTEN."
    )
    pool_size: int = Field(16, ge=2, le=200, description="Database connections per process.")
    row_security: Switch = Field(
        Switch.OFF,
        description="Whether the database, too, keeps organizations apart, row by row.",
    )
    pg_user: str | None = Field(
        None, description="System user that runs a new embedded database when Rollcall is root."
    )

    secret_key: SecretKey | None = Field(
        None,
        description=(
            "Secret that links and access tokens are signed with; made once when not set. Another"
            " one ends them."
        ),
    )

    smtp_host: str | None = Field(
        None, description="Mail server; without it mail goes to the development mailbox."
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_username: str | None = Field(None, description="Name to sign in to the mail server.")
    smtp_password: SecretStr | None = Field(None, description="Password for the mail server.")
    smtp_security: SmtpSecurity = Field(
        SmtpSecurity.STARTTLS, description="Protection of the connection to the mail server."
    )
    mail_from: MailAddress = Field(
        "Rollcall <rollcall@localhost>", description="Sender of all mails."
    )

    invitation_grace_seconds: int = Field(
        10,
        ge=0,
        le=3600,
        description="Wait before an invitation or notice is sent, so it can be undone.",
    )
    invitation_lifetime_hours: int = Field(
        120, ge=1, le=8760, description="Time in which an invitation can be accepted."
    )
    invitation_reminder_hours: int = Field(
        72,
        ge=0,
        le=8760,
        description="Time after which an open invitation is reminded of, once; 0 never does.",
    )
    session_lifetime_hours: int = Field(
        168, ge=1, le=8760, description="Time after which a person must sign in again."
    )
    request_log_retention_days: int = Field(
        30, ge=1, le=3650, description="Time for which provisioning requests are kept."
    )

    scim_rate_limit: int = Field(
        100,
        ge=0,
        le=100_000,
        description="SCIM requests a second of one connection to one process; 0 lets all in.",
    )
    graphql_operations_per_minute: int = Field(
        60,
        ge=0,
        le=1_000_000,
        description="GraphQL operations a minute of one token in one process; 0 lets all in.",
    )
    graphql_cost_per_minute: int = Field(
        50_000,
        ge=0,
        le=1_000_000_000,
        description="Points of cost a minute of one token in one process; 0 lets all in.",
    )
    graphql_session_operations_per_minute: int = Field(
        240,
        ge=0,
        le=1_000_000,
        description="GraphQL operations a minute of one person in one process; 0 lets all in.",
    )
    graphql_session_cost_per_minute: int = Field(
        200_000,
        ge=0,
        le=1_000_000_000,
        description="Points of cost a minute of one person in one process; 0 lets all in.",
    )
    graphql_anonymous_operations_per_minute: int = Field(
        120,
        ge=0,
        le=1_000_000,
        description="GraphQL operations a minute of an address without a caller; 0 lets all in.",
    )
    graphql_documents: Path | None = Field(
        None, description="File of GraphQL documents that may be run by their hash alone."
    )
    deprovision_guard: Switch = Field(
        Switch.ON, description="Whether unusually many revocations and removals by SCIM are held."
    )
    graphql_plans: Switch = Field(
        Switch.ON, description="Short cut through lists of GraphQL; off only to rule it out."
    )

    log_level: LogLevel = Field(LogLevel.INFO, description="Least severe message that is logged.")
    log_format: LogFormat = Field(LogFormat.CONSOLE, description="Lines for machines or people.")

    otlp_endpoint: OtlpEndpoint | None = Field(
        None, description="Collector that traces are sent to, by OTLP over HTTP; none without it."
    )
    trace_percent: float = Field(
        100,
        ge=0,
        le=100,
        description="Traces that are kept, of a hundred that nobody began elsewhere.",
    )

    @model_validator(mode="after")
    def _fill_in(self) -> "Settings":
        if not self.public_url:
            object.__setattr__(self, "public_url", f"http://{_reachable(self.host)}:{self.port}")
        if self.database_url is None:
            for name in ("database_read_url", "database_direct_url"):
                if getattr(self, name) is not None:
                    raise ValueError(f"{variable(name)} needs {variable('database_url')}")
        if (self.smtp_username is None) != (self.smtp_password is None):
            raise ValueError(
                f"{variable('smtp_username')} and {variable('smtp_password')} belong together"
            )
        return self


def load_settings() -> Settings:
    """The settings of this process. Raises SettingsError with one line for each bad value."""
    try:
        return Settings()
    except ValidationError as error:
        # Never pydantic's own text: it shows the value, which may be a password.
        lines = [_line(dict(problem)) for problem in error.errors(include_input=False)]
        raise SettingsError(lines) from None


def unknown_variables(environment: Mapping[str, str] = os.environ) -> list[str]:
    """One warning for each ROLLCALL_* variable that means nothing, with the likely name."""
    known = [*(variable(name) for name in Settings.model_fields), *CLIENT_VARIABLES]
    endings = [name.removeprefix(PREFIX) for name in known]
    warnings = []
    for name in sorted(environment):
        if not name.upper().startswith(PREFIX) or name.upper().startswith(TEST_PREFIX):
            continue
        if name.upper() not in known:
            # All begin alike: what follows decides.
            close = difflib.get_close_matches(name.upper()[len(PREFIX) :], endings, 1)
            hint = f" Did you mean {PREFIX}{close[0]}?" if close else ""
            warnings.append(f"{name} is no setting of Rollcall and is ignored.{hint}")
    return warnings


def variable(field: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + field.upper()


def _line(problem: dict[str, object]) -> str:
    message = str(problem["msg"]).removeprefix("Value error, ")
    location = problem["loc"]
    if not isinstance(location, tuple) or not location:
        return f"{message}."
    return f"{variable(str(location[0]))}: {message[:1].lower()}{message[1:]}."


def _reachable(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 compared, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
