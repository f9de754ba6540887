"""Single sign-on over HTTP: to the provider, back from it, all failures to the sign-in page."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from api.console_pages import SIGN_IN
from api.oidc.attempt import LIFETIME_S
from api.oidc.destination import HOME, is_local
from api.oidc.flow import Visitor
from api.oidc.problems import Problem, SignInFailed
from domain.trouble import TEMPORARY
from graphql_schema.cookies import SessionCookie
from graphql_schema.ids import Kind, read_id
from graphql_schema.types.oidc_provider import CALLBACK_PATH, START_PATH

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.oidc.flow import OidcFlow
    from domain.ids import UUID

FOUND = 302

log = logging.getLogger("rollcall.sign_in")


def oidc_routes(flow: OidcFlow, wait: Callable[[str | None], float | None]) -> APIRouter:
    """Both addresses; `wait` says whether an address came too often, and for how many seconds."""
    secure = flow.public_url.startswith("https://")
    cookie = "__Host-oidc" if secure else "rollcall-oidc"
    session_cookie = SessionCookie.of(flow.public_url, flow.application.sign_in.session_lifetime)
    router = APIRouter()

    def failed(error: SignInFailed) -> RedirectResponse:
        log.warning(
            "single sign-on by %s: %s (%s)",
            error.provider_id or "nobody known",
            error.problem,
            error.reason or "no more is known",
        )
        url = f"{flow.public_url}{SIGN_IN}?problem={error.problem}"
        return RedirectResponse(url, FOUND)

    def forget(response: RedirectResponse) -> RedirectResponse:
        response.delete_cookie(cookie, secure=secure, httponly=True, samesite="lax")
        return response

    @router.get(CALLBACK_PATH, include_in_schema=False)
    async def callback(request: Request) -> RedirectResponse:
        try:
            _not_too_often(request)
            visitor = Visitor(_ip(request), request.headers.get("user-agent"))
            answer = dict(request.query_params)
            arrival = await flow.arrive(request.cookies.get(cookie), answer, visitor)
        except SignInFailed as error:
            return forget(failed(error))
        except TEMPORARY as error:
            return forget(failed(_for_now(error)))
        # Checked when it came; with the host before it, it could lead nowhere else anyway.
        response = RedirectResponse(flow.public_url + arrival.then, FOUND)
        response.headers.append("set-cookie", session_cookie.holding(arrival.session))
        return forget(response)

    @router.get(START_PATH + "{provider_id}", include_in_schema=False)
    async def start(request: Request, provider_id: str, then: str = HOME) -> RedirectResponse:
        try:
            _not_too_often(request)
            departure = await flow.depart(*_named(provider_id), _local(then))
        except SignInFailed as error:
            return failed(error)
        except TEMPORARY as error:
            return failed(_for_now(error))
        response = RedirectResponse(departure.url, FOUND)
        response.set_cookie(
            cookie,
            departure.sealed_attempt,
            max_age=LIFETIME_S,
            secure=secure,
            httponly=True,
            samesite="lax",  # strict ones are left out when a provider sends the browser back
        )
        return response

    def _not_too_often(request: Request) -> None:
        wait_s = wait(_ip(request))
        if wait_s is not None:
            raise SignInFailed(Problem.TOO_MANY, f"to come again in {wait_s:.0f} s")

    return router


def _named(provider_id: str) -> tuple[UUID, UUID]:
    found = read_id(provider_id)
    if found is None or found.kind is not Kind.OIDC_PROVIDER or found.organization_id is None:
        raise SignInFailed(Problem.UNKNOWN_PROVIDER, "no id of a provider")
    return found.organization_id, found.id


def _local(then: str) -> str:
    if not is_local(then):
        raise SignInFailed(Problem.BAD_DESTINATION, "`then` is no path of this server")
    return then


def _ip(request: Request) -> str | None:
    return request.client.host if request.client else None


def _for_now(error: Exception) -> SignInFailed:
    return SignInFailed(Problem.FAILED, type(error).__name__)
