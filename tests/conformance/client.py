"""A SCIM client of one organization at any base URL, and what it was answered."""

from __future__ import annotations

import http.client
import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from secrets import token_hex
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

import pytest

SCIM_JSON = "application/scim+json"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

NOBODY = "00000000-0000-7000-8000-000000000000"
NO_ERROR_BODY = "no error body of SCIM"

_RUN = token_hex(3)
_NUMBERS = count(1)


def name(kind: str = "person") -> str:
    """A name that nothing else has, in this run and in those before it."""
    return f"{kind}-{_RUN}-{next(_NUMBERS)}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names are in lower case, a key that is not there is None."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None

    def __getitem__(self, key: str) -> Any:
        body = self.json
        return body.get(key) if isinstance(body, dict) else None

    def __contains__(self, key: str) -> bool:
        body = self.json
        return isinstance(body, dict) and key in body

    @property
    def keys(self) -> set[str]:
        """The names at the top of the body."""
        body = self.json
        return set(body) if isinstance(body, dict) else set()

    @property
    def id(self) -> str:
        """The id of the resource that came back."""
        found = self["id"]
        return found if isinstance(found, str) else ""

    @property
    def meta(self) -> dict[str, Any]:
        """The resource's meta; what it lacks is an empty text."""
        return defaultdict(str, self["meta"] or {})

    @property
    def version(self) -> str:
        """The entity tag."""
        return self.headers.get("etag", "")

    @property
    def resources(self) -> list[dict[str, Any]]:
        """What a list holds."""
        return self["Resources"] or []

    @property
    def ids(self) -> list[str]:
        """The ids of what a list holds."""
        return [one.get("id", "") for one in self.resources]

    @property
    def error(self) -> tuple[int, str | None]:
        """Status and scimType, after a look at the form of the error (RFC 7644 §3.12)."""
        body = self.json
        if (
            not isinstance(body, dict)
            or body.get("schemas") != [ERROR]
            or body.get("status") != str(self.status)
            or not isinstance(body.get("detail"), str)
        ):
            return self.status, NO_ERROR_BODY
        return self.status, body.get("scimType")


def _only_at_home(*_: object) -> NoReturn:
    pytest.skip("needs a second organization, or the database behind the server")


@dataclass(slots=True)
class Client:
    """Calls one organization with its key.

    With `strict` the requests that only prepare a rule must succeed. Without it they may not, so
    that nothing but what the rule itself asserts decides.
    """

    base: str
    key: str
    strict: bool = True
    neighbour: Callable[[], Client] = _only_at_home
    revoke_key: Callable[[], None] = _only_at_home
    stored_after: Callable[[int], str] = _only_at_home
    server_log: Callable[[], str] = _only_at_home
    served: int = 0
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str | None] | None = None,
        *,
        base: str | None = None,
    ) -> Answer:
        """The answer; bytes are sent as they are, a header of None is not sent."""
        sent: dict[str, str | None] = {"Authorization": f"Bearer {self.key}"}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        if body is not None:
            sent["Content-Type"] = SCIM_JSON
        sent |= headers or {}
        address = urlsplit(self.base if base is None else base)
        if self._connection is None:
            secure = address.scheme == "https"
            kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            self._connection = kind(address.netloc, timeout=30)
        given = {key: value for key, value in sent.items() if value is not None}
        self._connection.request(method, address.path + path, body, given)
        came = self._connection.getresponse()
        content = came.read()
        self.served += came.status != 401
        if came.will_close:
            self.close()
        return Answer(came.status, {k.lower(): v for k, v in came.getheaders()}, content)

    def stored(self) -> str:
        """All that the database holds of the organization, the log of these requests included."""
        return self.stored_after(self.served)

    def close(self) -> None:
        """Let go of the connection; the next request makes another one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def twin(self) -> Client:
        """The same client with a connection of its own."""
        return Client(self.base, self.key, self.strict)

    def get(self, path: str, **headers: str) -> Answer:
        """GET; `_` in a header's name stands for `-`."""
        return self.send("GET", path, None, _named(headers))

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        """POST."""
        return self.send("POST", path, body, _named(headers))

    def put(self, path: str, body: Any, **headers: str) -> Answer:
        """PUT."""
        return self.send("PUT", path, body, _named(headers))

    def patch(self, path: str, *operations: Mapping[str, Any], **headers: str) -> Answer:
        """PATCH with these operations."""
        body = {"schemas": [PATCH_OP], "Operations": list(operations)}
        return self.send("PATCH", path, body, _named(headers))

    def delete(self, path: str, **headers: str) -> Answer:
        """DELETE."""
        return self.send("DELETE", path, None, _named(headers))

    def bulk(self, *operations: Mapping[str, Any], **more: Any) -> Answer:
        """POST /Bulk with these operations."""
        return self.post("/Bulk", {"schemas": [BULK], "Operations": list(operations)} | more)

    def search(self, endpoint: str = "", **query: Any) -> Answer:
        """POST {endpoint}/.search."""
        return self.post(f"{endpoint}/.search", {"schemas": [SEARCH]} | query)

    def filtered(self, text: str, endpoint: str = "/Users", more: str = "") -> Answer:
        """GET of a list with that filter."""
        return self.get(f"{endpoint}?filter={quote(text)}{more}")

    def find(self, text: str, endpoint: str = "/Users") -> list[str]:
        """Ids of what meets the filter."""
        return self.filtered(text, endpoint, "&count=1000").ids

    def user(self, user_name: str | None = None, /, **given: Any) -> Answer:
        """A new user; `given` are further attributes."""
        body = {"schemas": [USER], "userName": user_name or name() + "@example.com"}
        return self._made(self.post("/Users", body | given))

    def group(self, *member_ids: str, **given: Any) -> Answer:
        """A new group with those members."""
        members = [{"value": id_} for id_ in member_ids]
        body = {"schemas": [GROUP], "displayName": name("group"), "members": members}
        return self._made(self.post("/Groups", body | given))

    def people(self, number: int, **given: Any) -> tuple[str, list[str]]:
        """So many users, made one after the other; what all their names begin with, and the ids."""
        prefix = name("crowd")
        made = [self.user(f"{prefix}-{i:02}@example.com", **given).id for i in range(number)]
        return f'userName sw "{prefix}-"', made

    def resource(self, made: Answer) -> Answer:
        """The user or group as it is now."""
        return self.get(path_of(made))

    def _made(self, answer: Answer) -> Answer:
        if self.strict:
            assert answer.status == 201, answer.content
        return answer


def path_of(made: Answer) -> str:
    """The path of a resource below the base URL."""
    location = made.meta.get("location", "")
    found = re.search(r"/(Users|Groups)/[^/]+$", location)
    return found[0] if found else f"/Users/{made.id}"


def members_of(group: Answer) -> set[str]:
    """The ids of a group's members."""
    return {member["value"] for member in group["members"] or []}


def _named(headers: Mapping[str, str]) -> dict[str, str | None]:
    return {key.replace("_", "-"): value for key, value in headers.items()}
