"""Puts the server's ASGI application together: SCIM, GraphQL, health, and the web console."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from api.admission import Budget, admission, link_requests, sign_in_steps, wrong_tokens
from api.audit_export import audit_export_routes
from api.careful_fetch import fetch_key_set
from api.console import FOLDER, Console, read_console
from api.deployment_secret import deployment_secret, derived_key
from api.front_page import front_page
from api.health import health_routes
from api.http_middleware import AddHeaders, NameRequests, safe_headers
from api.metrics import CountingLog, CountRequests
from api.nothing_here import nothing_here
from api.oidc.flow import OidcFlow
from api.oidc.routes import oidc_routes
from api.pace import Pace, Turn
from api.settings import Settings, Switch
from api.sparing_log import SparingLog
from api.tracing.requests import TraceRequests, TracingLog, note_operation
from api.trusted_documents import trusted_documents
from domain.sealing import SealingKey
from graphql_schema.app import graphql_app
from graphql_schema.auth import Authenticator
from graphql_schema.cookies import SessionCookie
from graphql_schema.services import Admission, GraphqlServices, ServerFacts
from scim_facade.app import scim_app
from scim_facade.oauth.app import PATHS as OAUTH
from scim_facade.oauth.app import oauth_app
from scim_facade.oauth.signing_keys import SigningKeys
from scim_facade.rejected import RejectedCalls
from scim_facade.services import ScimServices

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from api.runtime import Runtime
    from domain.ids import UUID

SCIM = "/v2/"
GRAPHQL = "/graphql"
BURST_S = 4
PATIENCE_S = 0.02
"""Who calls one request after another is slowed down rather than refused."""
_ROUTES = frozenset({"/", "/alive", "/ready", "/metrics", GRAPHQL, *OAUTH})


class Front:
    """The first to see a request: sends SCIM on at once, all else through the middleware."""

    __slots__ = ("_rest", "_scim")

    def __init__(self, scim: ASGIApp, rest: ASGIApp) -> None:
        self._scim = scim
        self._rest = rest

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """The coroutine of whoever answers; making one of its own would only cost time."""
        if scope["type"] == "http" and scope["path"][: len(SCIM)].lower() == SCIM:
            return self._scim(scope, receive, send)
        return self._rest(scope, receive, send)


def create_app(runtime: Runtime, console_folder: Path = FOLDER) -> ASGIApp:
    """The whole application over an open runtime, which must stay open as long as it serves."""
    traced = runtime.settings.otlp_endpoint is not None
    log = CountingLog(SparingLog(runtime.workers.request_log))
    url = runtime.settings.public_url
    secret = deployment_secret(runtime.settings)
    guarded = runtime.settings.deprovision_guard is Switch.ON
    scim_services = ScimServices(
        application=runtime.application,
        reader=runtime.reader,
        log=TracingLog(log) if traced else log,
        public_url=url,
        token_key=derived_key(secret, "SCIM access tokens"),
        touch=runtime.workers.touch_credential,
        turn=_pace(runtime.settings.scim_rate_limit),
        deprovision_guard=guarded,
        wrong_secret=wrong_tokens(),
    )
    rejected = RejectedCalls(scim_services)
    safe = safe_headers(url)
    encoded = tuple((name.lower().encode(), value.encode()) for name, value in safe.items())
    scim = scim_app(scim_services, rejected, encoded)
    oauth = oauth_app(scim_services, rejected, SigningKeys(fetch_key_set))
    services = GraphqlServices(
        application=runtime.application,
        reader=runtime.reader,
        replica=runtime.replica,
        public_url=url,
        deprovision_guard=guarded,
        plans=runtime.settings.graphql_plans is Switch.ON,
        token_used=runtime.workers.touch_access_token,
        tails=runtime.workers.tails,
        access_changed=runtime.workers.tell,
        server=ServerFacts(
            version=version("rollcall"),
            embedded_database=runtime.settings.database_url is None,
            development_mailbox=runtime.settings.smtp_host is None,
        ),
        mailbox=runtime.mail_links.render if runtime.settings.smtp_host is None else None,
        session_used=runtime.workers.touch_session,
        admission=_budgets(runtime.settings),
        wrong_token=wrong_tokens(),
        link_requested=link_requests(),
        documents=trusted_documents(runtime.settings),
        ran=note_operation if traced else None,
    )
    graphql = graphql_app(services)
    cookie = SessionCookie.of(url, runtime.application.sign_in.session_lifetime)
    # No redirect to a path without its slash: it would lead to whatever host the request named.
    site = FastAPI(
        title="Rollcall",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers={404: nothing_here},
    )
    site.include_router(health_routes(runtime.pool, secret))
    site.include_router(audit_export_routes(Authenticator(services), cookie, runtime.reader))
    site.include_router(oidc_routes(_oidc_flow(runtime, secret), sign_in_steps()))
    console = read_console(console_folder)
    if console is None:
        page = HTMLResponse(front_page(url))

        @site.get("/", include_in_schema=False)
        async def start() -> HTMLResponse:
            return page

    named = NameRequests(partial(_beside, graphql, oauth, console, site))
    front = Front(scim, CountRequests(AddHeaders(named, safe), _ROUTES))
    # Nobody is in the way of requests where nobody takes traces.
    return TraceRequests(front, _ROUTES) if traced else front


def _budgets(settings: Settings) -> Admission:
    """What each caller of the admin API may spend a minute."""
    points = settings.graphql_cost_per_minute
    return admission(
        tokens=Budget(settings.graphql_operations_per_minute, points),
        people=Budget(
            settings.graphql_session_operations_per_minute,
            settings.graphql_session_cost_per_minute,
        ),
        nobody=Budget(settings.graphql_anonymous_operations_per_minute, points),
    )


def _oidc_flow(runtime: Runtime, secret: bytes) -> OidcFlow:
    return OidcFlow(
        application=runtime.application,
        reader=runtime.reader,
        public_url=runtime.settings.public_url,
        attempts=SealingKey(derived_key(secret, "OIDC sign-ins on their way")),
    )


def _pace(per_second: int) -> Callable[[UUID], Turn | None]:
    """Who may call SCIM now: so many calls a second, four times as many at once; 0 is no limit."""
    if not per_second:
        return lambda _organization_id: None
    return Pace(per_second, burst=BURST_S * per_second, patience_s=PATIENCE_S).turn


async def _beside(  # noqa: PLR0917 applications, then what ASGI hands over
    graphql: ASGIApp,
    oauth: ASGIApp,
    console: Console | None,
    site: ASGIApp,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    # Not mounted: a mount would answer the path without a slash by a redirect.
    path = scope["path"].rstrip("/") if scope["type"] in {"http", "websocket"} else ""
    if path == GRAPHQL:
        await graphql(scope, receive, send)
    elif path in OAUTH and scope["type"] == "http":
        await oauth(scope, receive, send)
    elif console is not None and scope["type"] == "http" and console.answers(scope["path"]):
        await console(scope, receive, send)
    else:
        await site(scope, receive, send)
