"""The history over HTTP, to be kept elsewhere: GET /organizations/{id}/audit-export."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.datastructures import QueryParams

from domain.caller import Caller
from domain.ids import UUID, parse_uuid
from domain.queries.audit_export import export
from domain.queries.organizations import organizations_by_id
from domain.queries.reader import Reader
from domain.vocabulary import Scope
from graphql_schema.auth import Authenticator
from graphql_schema.cookies import SessionCookie
from graphql_schema.errors import (
    BAD_REQUEST,
    HTTP_STATUS,
    RATE_LIMITED,
    UNAUTHENTICATED,
    ApiError,
    missing_scope,
    unauthenticated,
)
from graphql_schema.ids import Kind, make_id, read_id
from graphql_schema.presented import presented_by

BEYOND_ALL = 2**63 - 1
NOT_FOUND = "NOT_FOUND"


class Format(StrEnum):
    """How the events are written."""

    JSONL = "jsonl"
    CSV = "csv"


_TYPES = {Format.JSONL: "application/x-ndjson", Format.CSV: "text/csv; charset=utf-8"}


def audit_export_routes(
    authenticator: Authenticator, cookie: SessionCookie, reader: Reader
) -> APIRouter:
    """The route; callers are those of the admin API.

    A person acts in the organization that the address names. It only reads, and no other page of
    a browser can read the answer: a cookie needs no further header here, so that a link will do.
    """
    router = APIRouter()

    @router.get("/organizations/{organization}/audit-export")
    async def audit_export(organization: str, request: Request) -> Response:
        presented = replace(presented_by(request.scope, cookie), organization=_id_of(organization))
        try:
            known = await authenticator.authenticate(presented)
            if known.is_nobody:
                raise unauthenticated()
            caller = known.caller
            if Scope.AUDIT_READ not in caller.scopes:
                raise missing_scope(Scope.AUDIT_READ)
            after, format_ = _wanted(request.query_params)
            found = await _seen(reader, caller, organization)
        except ApiError as error:
            return _refusal(error)
        name = f"audit-{found}-after-{after}.{format_}"
        return StreamingResponse(
            export(reader.source, found, after, as_csv=format_ is Format.CSV),
            media_type=_TYPES[format_],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    return router


def _id_of(named: str) -> str:
    """The id that the address names, by itself or by its UUID."""
    id_ = parse_uuid(named)
    return named if id_ is None else make_id(Kind.ORGANIZATION, None, id_)


def _wanted(query: QueryParams) -> tuple[int, Format]:
    """The position to begin after, and the format. Raises ApiError."""
    after = query.get("after", "0")
    if not (after.isascii() and after.isdigit() and int(after) <= BEYOND_ALL):
        raise ApiError(BAD_REQUEST, "after must be a position: a whole number, 0 or more.")
    try:
        return int(after), Format(query.get("format", Format.JSONL))
    except ValueError:
        raise ApiError(BAD_REQUEST, "format must be jsonl or csv.") from None


async def _seen(reader: Reader, caller: Caller, named: str) -> UUID:
    """The organization that the address names. Raises ApiError where the caller sees none."""
    found = read_id(_id_of(named))
    id_ = found.id if found is not None and found.kind is Kind.ORGANIZATION else None
    if id_ is None or not caller.may_see(id_) or not await organizations_by_id(reader, [id_]):
        raise ApiError(NOT_FOUND, "There is no such organization.")
    return id_


def _refusal(error: ApiError) -> Response:
    found = error.extensions or {}
    code = found["code"]
    headers = {"WWW-Authenticate": "Bearer"} if code == UNAUTHENTICATED else None
    if code == RATE_LIMITED:
        headers = {"Retry-After": str(found["retryAfter"])}
    status = HTTPStatus.NOT_FOUND if code == NOT_FOUND else HTTP_STATUS[code]
    return JSONResponse({"errors": [error.formatted]}, status, headers)
