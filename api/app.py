"""Puts the server's ASGI application together: SCIM, GraphQL, health, and the page at `/`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from api.audit_export import audit_export_routes
from api.front_page import front_page
from api.health import health_routes
from api.http_middleware import AddHeaders, NameRequests, safe_headers
from api.metrics import CountingLog, CountRequests
from api.pace import Pace
from api.sparing_log import SparingLog
from graphql_schema.app import graphql_app
from graphql_schema.auth import Authenticator
from graphql_schema.services import GraphqlServices
from scim_facade.app import scim_app
from scim_facade.services import ScimServices

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from api.runtime import Runtime
    from domain.ids import UUID

SCIM = "/v2/"
GRAPHQL = "/graphql"
BURST_S = 4
_ROUTES = frozenset({"/", "/alive", "/ready", "/metrics", GRAPHQL})


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


def create_app(runtime: Runtime) -> Front:
    """The whole application over an open runtime, which must stay open as long as it serves."""
    url = runtime.settings.public_url
    scim = scim_app(
        ScimServices(
            application=runtime.application,
            reader=runtime.reader,
            log=CountingLog(SparingLog(runtime.workers.request_log)),
            public_url=url,
            touch=runtime.workers.touch_credential,
            wait_s=_pace(runtime.settings.scim_rate_limit),
        )
    )
    services = GraphqlServices(
        application=runtime.application,
        reader=runtime.reader,
        public_url=url,
        token_used=runtime.workers.touch_access_token,
    )
    graphql = graphql_app(services)
    site = FastAPI(title="Rollcall", docs_url=None, redoc_url=None, openapi_url=None)
    site.include_router(health_routes(runtime.pool))
    site.include_router(audit_export_routes(Authenticator(services), runtime.reader))
    page = HTMLResponse(front_page(url))

    @site.get("/", include_in_schema=False)
    async def start() -> HTMLResponse:
        return page

    named = NameRequests(partial(_beside, graphql, site))
    return Front(scim, CountRequests(AddHeaders(named, safe_headers(url)), _ROUTES))


def _pace(per_second: int) -> Callable[[UUID], float | None]:
    """Who may call SCIM now: so many calls a second, four times as many at once; 0 is no limit."""
    if not per_second:
        return lambda _organization_id: None
    return Pace(per_second, burst=BURST_S * per_second).wait_s


async def _beside(
    graphql: ASGIApp, site: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    # Not mounted: a mount would answer the path without a slash by a redirect.
    if scope["type"] == "http" and scope["path"].rstrip("/") == GRAPHQL:
        await graphql(scope, receive, send)
    else:
        await site(scope, receive, send)
