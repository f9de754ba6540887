"""/Bulk: many operations in one request, each a transaction of its own (RFC 7644 §3.7)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from domain.secrets import masked
from domain.vocabulary import ScimOperation
from scim_facade import answers, reading
from scim_facade.exchange import Answer, Exchange
from scim_facade.protocol.bulk import (
    BulkOperation,
    parse_bulk,
    resolve,
    without_references,
)
from scim_facade.protocol.errors import ScimError, error_body
from scim_facade.protocol.messages import PATCH_OP_URN, bulk_response

if TYPE_CHECKING:
    from scim_facade.routes.dispatch import Carry


@dataclass(slots=True)
class _Run:
    """The state of one bulk request."""

    exchange: Exchange
    carry: Carry
    ids: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    results: dict[int, dict[str, Any]] = field(default_factory=dict)
    deferred: list[tuple[BulkOperation, dict[str, Any]]] = field(default_factory=list)
    errors: int = 0
    changed: bool = False


async def bulk(exchange: Exchange, carry: Carry) -> Answer:
    """Carry out the operations; `carry` serves one exchange as if it had come alone.

    Operations run in their order, but after those they refer to. Of operations that refer to each
    other one is carried out without its references, which are added when they are known.
    """
    exchange.operation = ScimOperation.BULK
    request = parse_bulk(reading.json_body(exchange))
    run = _Run(exchange, carry)
    pending = list(request.operations)
    while pending:
        if request.fail_on_errors is not None and run.errors >= request.fail_on_errors:
            break
        operation, data = _next(pending, run)
        pending.remove(operation)
        await _carry_out(operation, data, run)
        await _complete(run)
    for operation, apart in run.deferred:
        if apart:
            _fail(operation, _unresolved(apart), run)
    results = [_located(run, request.operations[index]) for index in sorted(run.results)]
    body = orjson.dumps(bulk_response(results))
    return Answer(200, body, changed=run.changed)


def _next(pending: list[BulkOperation], run: _Run) -> tuple[BulkOperation, dict[str, Any] | None]:
    """The first operation that waits for no other; else one that can do without for now."""
    open_ids = {operation.bulk_id for operation in pending if operation.bulk_id}
    for operation in pending:
        if operation.problem is not None or not (operation.references & open_ids):
            return operation, operation.data
    for operation in pending:
        if operation.method == "POST" and operation.data is not None:
            data = resolve(operation.data, run.ids)
            kept, apart = without_references(data)
            if apart:
                run.deferred.append((operation, apart))
                return operation, kept
    return pending[0], pending[0].data


async def _carry_out(operation: BulkOperation, data: Any, run: _Run) -> None:
    problem = operation.problem
    data, path = resolve(data, run.ids), resolve(operation.path, run.ids)
    if problem is None:
        problem = _broken_reference(path, data, run)
    if problem is not None:
        _fail(operation, problem, run)
        return
    answer, exchange = await _serve(operation, operation.method, path, data, run)
    result = _result(operation, answer)
    if answer.status >= 400:
        run.results[operation.index] = result
        run.errors += 1
        if operation.bulk_id:
            run.failed.add(operation.bulk_id)
        run.deferred = [pair for pair in run.deferred if pair[0] is not operation]
        return
    if exchange.subject_id is not None:
        kind = next(segment for segment in path.split("/") if segment).capitalize()
        result["location"] = f"{run.exchange.base_url}/{kind}/{exchange.subject_id}"
        if operation.bulk_id:
            run.ids[operation.bulk_id] = str(exchange.subject_id)
    run.results[operation.index] = result
    run.changed = run.changed or answer.changed


async def _complete(run: _Run) -> None:
    """Add the references that have become known to what was made without them."""
    waiting = []
    for operation, apart in run.deferred:
        values = resolve(apart, run.ids)
        made = run.ids.get(operation.bulk_id or "")
        if made is None or BulkOperation(0, "", "", None, None, values).references:
            waiting.append((operation, apart))
            continue
        path = f"{operation.path.rstrip('/')}/{made}"
        patch = {
            "schemas": [PATCH_OP_URN],
            "Operations": [{"op": "add", "value": values}],
        }
        answer, _ = await _serve(operation, "PATCH", path, patch, run)
        if answer.status >= 400:
            _fail(operation, ScimError(409, None, answer.detail or "The reference failed."), run)
            continue
        for name, value in answer.headers:
            if name == b"etag":
                run.results[operation.index]["version"] = value.decode()
    run.deferred = waiting


async def _serve(
    operation: BulkOperation, method: str, path: str, data: Any, run: _Run
) -> tuple[Answer, Exchange]:
    """One operation as a request of its own, with the rights and the log of the whole."""
    outer = run.exchange
    headers = [(b"content-type", b"application/scim+json")]
    if operation.version is not None and method == operation.method:
        headers.append((b"if-match", operation.version.encode()))
    if b"user-agent" in outer.headers:
        headers.append((b"user-agent", outer.headers[b"user-agent"]))
    scope = {
        "method": method,
        "path": f"/v2/{outer.organization_id}{path}",
        "query_string": b"",
        "headers": headers,
        "client": (outer.remote_ip, 0) if outer.remote_ip is not None else None,
    }
    exchange = Exchange(outer.services, scope, outer.organization_id)
    exchange.connection = outer.connection
    exchange.caller = replace(outer.caller, request_id=exchange.id, correlation_id=exchange.id)
    exchange.body = b"" if data is None else orjson.dumps(data)
    segments = [segment for segment in path.split("/") if segment]
    return await run.carry(exchange, segments), exchange


def _broken_reference(path: str, data: Any, run: _Run) -> ScimError | None:
    left = BulkOperation(0, "", path, None, None, data).references
    if not left:
        return None
    failed = sorted(left & run.failed)
    if failed:
        return ScimError.conflict(f"The operation with the bulkId {failed[0][:64]} failed.")
    unknown = min(left)[:64]
    return ScimError.invalid_value(f"No operation before has the bulkId {unknown}.")


def _unresolved(apart: dict[str, Any]) -> ScimError:
    names = sorted(BulkOperation(0, "", "", None, None, apart).references)
    return ScimError.conflict(f"The operation with the bulkId {names[0][:64]} failed.")


def _fail(operation: BulkOperation, error: ScimError, run: _Run) -> None:
    previous = run.results.get(operation.index, {})
    result = _result(operation, answers.refusal(error))
    result["response"] = error_body(error) | {"detail": masked(error.detail)}
    if "location" in previous:
        result["location"] = previous["location"]
    run.results[operation.index] = result
    run.errors += 1
    if operation.bulk_id and "location" not in previous:
        run.failed.add(operation.bulk_id)


def _located(run: _Run, operation: BulkOperation) -> dict[str, Any]:
    """The result with the location that all but failed creations have (RFC 7644 §3.7.3)."""
    result = run.results[operation.index]
    segments = [segment for segment in resolve(operation.path, run.ids).split("/") if segment]
    if operation.method != "POST" and len(segments) == 2 and not result.get("location"):
        kind, id_ = segments
        if "bulkid:" not in id_.lower():
            result["location"] = f"{run.exchange.base_url}/{kind.capitalize()}/{id_}"
    return result


def _result(operation: BulkOperation, answer: Answer) -> dict[str, Any]:
    """What the response says of one operation; `status` is a string."""
    result: dict[str, Any] = {"method": operation.method or "POST"}
    if operation.bulk_id is not None:
        result["bulkId"] = operation.bulk_id
    for name, value in answer.headers:
        if name == b"etag":
            result["version"] = value.decode()
    result["status"] = str(answer.status)
    if answer.status >= 400 and isinstance(answer.body, bytes):
        result["response"] = orjson.loads(answer.body)
    return result
