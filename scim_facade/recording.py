"""What the request log keeps of an exchange: redacted, with the provider that probably sent it."""

from __future__ import annotations

import re
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

import orjson

from domain.provisioning_entry import MAX_BODY, ProvisioningEntry
from domain.vocabulary import IdentityProvider, ProvisioningOutcome

if TYPE_CHECKING:
    from scim_facade.exchange import Answer, Exchange

_SECRET_WORDS = (b"password", b"token", b"secret", b"authorization")
_SECRET = re.compile(r"(?i)password|token|secret|authorization|rck_[0-9a-f]{32}_")
_PLAIN_PATH = re.compile(r"[\w.:$ -]*")
_NAMING = frozenset({"path", "type", "name"})
REDACTED = "[redacted]"
_USER_AGENTS = (
    ("okta", IdentityProvider.OKTA),
    ("azure ad", IdentityProvider.ENTRA_ID),
    ("microsoft", IdentityProvider.ENTRA_ID),
    ("google-auto", IdentityProvider.GOOGLE),
    ("onelogin", IdentityProvider.ONELOGIN),
    ("jumpcloud", IdentityProvider.JUMPCLOUD),
    ("rippling", IdentityProvider.RIPPLING),
    ("authentik", IdentityProvider.AUTHENTIK),
    ("keycloak", IdentityProvider.KEYCLOAK),
    ("pingone", IdentityProvider.PING),
    ("pingfed", IdentityProvider.PING),
    ("pingidentity", IdentityProvider.PING),
    ("ping identity", IdentityProvider.PING),
)


def detect_provider(exchange: Exchange) -> IdentityProvider | None:
    """Who probably called; informs, never changes what is done."""
    if b"adscimversion" in exchange.headers:
        return IdentityProvider.ENTRA_ID
    agent = exchange.headers.get(b"user-agent")
    if agent:
        lower = agent.decode("latin-1").lower()
        for part, provider in _USER_AGENTS:
            if part in lower:
                return provider
    return exchange.connection.provider if exchange.has_connection else None


def record(exchange: Exchange, answer: Answer) -> None:
    """Hand the exchange to the request log."""
    path = exchange.path
    if exchange.query_string:
        path = f"{path}?{_query(exchange.query_string)}"
    body = answer.body
    exchange.services.log.record(
        ProvisioningEntry(
            id=exchange.id,
            organization_id=exchange.organization_id,
            received_at=exchange.received_at,
            duration_ms=round((perf_counter() - exchange.started) * 1000),
            method=exchange.method,
            path=path,
            operation=exchange.operation,
            status_code=answer.status,
            outcome=_outcome(answer),
            correlation_id=exchange.id,
            resource_type=exchange.resource_type,
            subject_kind=exchange.subject_kind,
            subject_id=exchange.subject_id,
            subject_label=exchange.subject_label,
            scim_type=answer.scim_type,
            detail=answer.detail,
            warnings=tuple(exchange.warnings.sentences) if exchange.warnings else (),
            provider=detect_provider(exchange),
            user_agent=exchange.header(b"user-agent"),
            remote_ip=exchange.remote_ip,
            request_body=redacted(exchange.body),
            # Answers hold no secrets: passwords are never stored, keys never shown here.
            response_body=_text(body) if isinstance(body, bytes) else None,
        )
    )


def redacted(body: bytes) -> str | None:
    """A request's body as text without secrets, at most 64 KiB; None when empty."""
    if not body:
        return None
    lower = body.lower()
    # Behind escapes anything may hide, so such a body is read, too.
    if b"\\u" in lower or any(word in lower for word in _SECRET_WORDS):
        try:
            value = orjson.loads(body)
            body = orjson.dumps(_without_secrets(value) if isinstance(value, dict) else REDACTED)
        except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
            return REDACTED
    return _text(body)


def _query(query: bytes) -> str:
    """The query string as it came, but for the values of what is or compares a secret."""
    if not _SECRET.search(unquote_plus(query.decode("latin-1"))):
        return query.decode("latin-1")
    parts = query.decode("latin-1").split("&")
    return "&".join(
        f"{part.partition('=')[0]}={REDACTED}" if _SECRET.search(unquote_plus(part)) else part
        for part in parts
    )


def _text(body: bytes) -> str:
    text = body[:MAX_BODY].decode("utf-8", "replace")
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        if _names_secret(value):
            return {
                key: inner if _is_naming(key, inner) else REDACTED for key, inner in value.items()
            }
        return {
            key: REDACTED if _SECRET.search(key) else _without_secrets(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    if isinstance(value, str) and "{" in value and _SECRET.search(value):
        # JSON that was encoded once too often.
        return REDACTED
    return value


def _names_secret(value: dict[str, Any]) -> bool:
    """Whether the object says by a name that its value is a secret, as a PATCH operation may."""
    return any(
        key.lower() in _NAMING and isinstance(inner, str) and _SECRET.search(inner)
        for key, inner in value.items()
    )


def _is_naming(key: str, inner: Any) -> bool:
    """Whether this part of such an object may be shown: its operation, its name, no filter."""
    return key.lower() in {"op", *_NAMING} and bool(_PLAIN_PATH.fullmatch(str(inner)))


def _outcome(answer: Answer) -> ProvisioningOutcome:
    if answer.status >= 500:
        return ProvisioningOutcome.FAILED
    if answer.status >= 400:
        return ProvisioningOutcome.REJECTED
    return ProvisioningOutcome.APPLIED if answer.changed else ProvisioningOutcome.UNCHANGED
