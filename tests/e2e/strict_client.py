"""scim2-client, an independent client that is strict about every answer.

By itself it checks status codes, content types, schemas, and that answers have what they must and
nothing that the standard does not know. It is given the models of RFC 7643, and what discovery
publishes has to agree with them.

    with strict_client(acme) as client:
        ada = client.create(Person(user_name="ada@x.example"))
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import (
    BulkOperation,
    BulkRequest,
    EnterpriseUser,
    Group,
    PatchOp,
    PatchOperation,
    ResourceType,
    ScimProvider,
    SearchRequest,
    User,
)

from tests.support.house import Resident

# Generic at run time, by what discovery says: a type checker cannot follow them there.
Person: Any = User[EnterpriseUser]
Crew: Any = Group
Search: Any = SearchRequest
Patch: Any = PatchOp
Operation: Any = PatchOperation
Bulk: Any = BulkRequest
BulkPart: Any = BulkOperation


def connection(acme: Resident, key: str | None = None) -> httpx2.Client:
    """A connection with the organization's key, or another one."""
    headers = {"Authorization": f"Bearer {key or acme.key}"}
    return httpx2.Client(base_url=acme.base, headers=headers, timeout=20)


@contextmanager
def strict_client(acme: Resident) -> Iterator[Any]:
    """A client that knows the standard models, and has read the configuration."""
    with connection(acme) as http:
        types = [ResourceType.from_resource(Person), ResourceType.from_resource(Group)]
        made = SyncSCIMClient(http, provider=ScimProvider([User, EnterpriseUser, Group], types))
        made.discover()
        yield made


def make(client: Any, name: str, **more: Any) -> Any:
    """A user with that name and an address for userName."""
    return client.create(Person(user_name=f"{name}@x.example", **more))
