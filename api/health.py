"""Whether the server is up and can work, and its figures: /alive, /ready, /metrics."""

from __future__ import annotations

import asyncpg
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from api.database import is_known_revision, newest_revision, revision_of
from api.metrics import CONTENT_TYPE, render
from api.public_address import ANSWER, is_proof

PATIENCE_S = 2.0


def health_routes(pool: asyncpg.Pool, secret: bytes) -> APIRouter:
    """The routes; `pool` is asked whether the database answers, `secret` is the deployment's."""
    router = APIRouter()
    needed = newest_revision()

    async def ready() -> Response:
        try:
            async with pool.acquire(timeout=PATIENCE_S) as connection:
                revision = await revision_of(connection, timeout_s=PATIENCE_S)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return _not_ready("The database does not answer.")
        # A revision that is not known is of the next version, which is rolled out beside this.
        if revision != needed and (revision is None or is_known_revision(revision)):
            return _not_ready(
                f"The database is at revision {revision} and this server needs {needed}: "
                f"run `rollcall migrate`."
            )
        return JSONResponse({"status": "ready"})

    async def alive(deployment: str | None = None) -> Response:
        state: dict[str, object] = {"status": "alive"}
        if deployment is not None:
            state[ANSWER] = is_proof(deployment, secret)
        return JSONResponse(state)

    async def metrics() -> Response:
        return Response(render(), media_type=CONTENT_TYPE)

    for path, endpoint in (("/alive", alive), ("/ready", ready), ("/metrics", metrics)):
        router.add_api_route(path, endpoint, methods=["GET", "HEAD"])
    return router


def _not_ready(why: str) -> Response:
    return JSONResponse({"status": "not ready", "detail": why}, 503)
