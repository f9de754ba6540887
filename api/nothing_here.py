"""What an address that nobody answers says: where things are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.requests import Request

DETAIL = (
    "There is nothing at this address. SCIM is at /v2/{organizationId}, the admin API at /graphql;"
    " the console begins at /."
)


async def nothing_here(_request: Request, _error: Exception) -> JSONResponse:
    """The answer of 404: a base URL that was mistyped is found out by it."""
    return JSONResponse({"detail": DETAIL}, 404)
