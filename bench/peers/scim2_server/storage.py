"""scim2-server's storage interface over the documents: models in, models out."""

from __future__ import annotations

import json
from contextlib import AbstractAsyncContextManager
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
from scim2_models import (
    AttributeBinding,
    NotFoundException,
    NotImplementedException,
    Path,
    PreconditionFailedException,
    UniquenessException,
)
from scim2_models.path import CompareOperator, Comparison
from scim2_server.storage import AsyncScimStorage, SearchPage
from scim2_server.utils import parametrize

from bench.peers.scim2_server.documents import COLUMNS, Documents, Keys, Stored

if TYPE_CHECKING:
    from scim2_models import (
        Resource,
        ResourceType,
        ResponseParameters,
        ScimFilter,
        ScimProvider,
        SearchRequest,
    )

_TABLES = {"User": "users", "Group": "groups"}
# A password would have to be hashed; the load has none.
_NOT_STORED = {"id", "meta", "password"}


class PostgresStorage(AsyncScimStorage):
    """Users and groups in PostgreSQL. A read that a write follows locks its row."""

    def __init__(self, documents: Documents, provider: ScimProvider) -> None:
        self._documents = documents
        self._provider = provider

    def operation(self) -> AbstractAsyncContextManager[None]:
        """One transaction for each operation that writes."""
        return self._documents.transaction()

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """The resource; locked when the library is going to change it.

        It names response parameters only where it answers a GET.
        """
        stored = await self._documents.get(
            _table(resource_type), resource_id, lock=response_parameters is None
        )
        if stored is None:
            raise NotFoundException
        return self._resource(resource_type, stored)

    async def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,  # noqa: ARG002  # of cursors, which the service does not announce
    ) -> SearchPage:
        """A page by SQL where a column or no condition decides, else by the library's own match."""
        if len(resource_types) != 1:
            raise NotImplementedException(detail="One resource type at a time")
        resource_type, table = resource_types[0], _table(resource_types[0])
        condition = search_request.filter
        start, count = search_request.start_index_0 or 0, search_request.count
        lookup = _lookup(condition)
        if condition is None and search_request.sort_by is None:
            total, rows = await self._documents.page(table, count, start)
            return SearchPage(total, [self._resource(resource_type, row) for row in rows])
        if lookup is not None:
            rows = await self._documents.find(table, *lookup)
            found = [self._resource(resource_type, row) for row in rows]
        else:
            _, rows = await self._documents.page(table, None, 0)
            every = (self._resource(resource_type, row) for row in rows)
            found = [one for one in every if condition is None or condition.match(one)]
        found = search_request.sort(found)
        stop = None if count is None else start + count
        return SearchPage(len(found), found[start:stop])

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """The stored resource with its new id."""
        try:
            stored = await self._documents.insert(
                _table(resource_type), uuid4().hex, _keys(resource), _document(resource)
            )
        except asyncpg.UniqueViolationError as error:
            raise UniquenessException from error
        if stored is None:
            raise RuntimeError("an INSERT that succeeds returns its row")
        return self._resource(resource_type, stored)

    async def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        """The whole resource as it is from now on."""
        try:
            stored = await self._documents.update(
                _table(resource_type),
                str(resource.id),
                _number(expected_version),
                _keys(resource),
                _document(resource),
            )
        except asyncpg.UniqueViolationError as error:
            raise UniquenessException from error
        if stored is None:
            # The library has read it in this transaction: it is there, in another version.
            raise PreconditionFailedException
        return self._resource(resource_type, stored)

    async def delete(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        expected_version: str | None = None,
    ) -> None:
        """Removes a resource that the library has read before."""
        version = _number(expected_version)
        if not await self._documents.delete(_table(resource_type), resource_id, version):
            raise PreconditionFailedException

    def _resource(self, resource_type: ResourceType, stored: Stored) -> Resource[Any]:
        model: Any = self._provider.model_for(resource_type)
        meta = {
            "resourceType": resource_type.name,
            "created": stored.created.isoformat(),
            "lastModified": stored.modified.isoformat(),
            "version": f'W/"{stored.version}"',
        }
        # One text, validated once: each assignment to a model would validate it again.
        head = json.dumps({"id": stored.id, "meta": meta})
        resource: Resource[Any] = model.model_validate_json(f"{head[:-1]},{stored.document[1:]}")
        return resource


def _table(resource_type: ResourceType) -> str:
    return _TABLES[str(resource_type.name)]


def _document(resource: Resource[Any]) -> str:
    return resource.model_dump_json(exclude=_NOT_STORED)


def _number(version: str | None) -> int | None:
    return None if version is None else int(version.strip('W/"'))


def _keys(resource: Resource[Any]) -> Keys:
    values = dict.fromkeys(COLUMNS)
    for column, binding in _bindings(type(resource)).items():
        values[column] = binding.comparable(getattr(resource, column))
    return Keys(**values)


@cache
def _bindings(model: type[Resource[Any]]) -> dict[str, AttributeBinding]:
    """The attribute behind each column; a column has its attribute's Python name."""
    paths = (parametrize(Path, model)(name) for name in ("userName", "externalId", "displayName"))
    found = (path.resolve() for path in paths)
    return {binding.field_name: binding for binding in found if binding is not None}


def _lookup(condition: ScimFilter[Any] | None) -> tuple[str, str] | None:
    """The column and the value that decide a filter such as `userName eq "…"`, if one does."""
    node = condition.ast if condition is not None else None
    if (
        condition is None
        or condition.model is None
        or not isinstance(node, Comparison)
        or node.op != CompareOperator.eq
        or not isinstance(node.value, str)
    ):
        return None
    binding = condition.resolve_comparison(node.attr_path, strict=False)
    if binding is None or _bindings(condition.model).get(binding.field_name) != binding:
        return None
    return binding.field_name, str(binding.comparable(node.value))
