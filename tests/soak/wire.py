"""Sends writes, and says of each whether it was done, refused, perhaps done, or never sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise
from time import monotonic, time
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from random import Random

PATIENCE_S = 40.0
"""Longer than the server takes for any request."""


class Came(Enum):
    """What became of a request."""

    DONE = auto()
    REFUSED = auto()
    UNKNOWN = auto()
    NOT_SENT = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, if anything did."""

    came: Came
    status: int = 0
    body: Any = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """Where an organization is to be written to, and with what."""

    organization_id: str
    scim_key: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(slots=True)
class Record:
    """What all writers together were told."""

    counts: Counter[str] = field(default_factory=Counter)
    logged: dict[str, float] = field(default_factory=dict)
    """Ids of answered SCIM requests, and when (Unix time): the request log must have them."""
    answered_at: list[float] = field(default_factory=list)
    slowest_s: float = 0.0
    troubles: Counter[str] = field(default_factory=Counter)

    def longest_gap_s(self) -> float:
        """The longest time in which nothing was acknowledged."""
        moments = sorted(self.answered_at)
        return max((b - a for a, b in pairwise(moments)), default=0.0)


class Wire:
    """One client of one or several servers."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        urls: list[str],
        access: Access,
        record: Record,
        rng: Random,
    ) -> None:
        self._client = client
        self._urls = urls
        self._access = access
        self._rng = rng
        self.record = record

    async def scim(self, method: str, path: str, body: Any = None) -> Answer:
        """One SCIM request."""
        url = f"{self._rng.choice(self._urls)}/v2/{self._access.organization_id}{path}"
        headers = {"authorization": f"Bearer {self._access.scim_key}"}
        response = await self._send(method, url, headers, body)
        if isinstance(response, Answer):
            return response
        if response.status_code < 500 and method != "GET":
            self.record.logged[response.headers["x-request-id"]] = time()
        return self._read(response, method)

    async def graphql(self, query: str, variables: Any) -> Answer:
        """One mutation; DONE when it was carried out, whatever its payload says."""
        url = f"{self._rng.choice(self._urls)}/graphql"
        headers = {
            "authorization": f"Bearer {self._access.token}",
            "accept": "application/graphql-response+json",
        }
        sent = {"query": query, "variables": variables}
        response = await self._send("POST", url, headers, sent)
        if isinstance(response, Answer):
            return response
        answer = self._read(response, "POST")
        if answer.came is Came.DONE and answer.body.get("errors"):
            self.record.troubles[f"graphql: {answer.body['errors'][0]['message']}"] += 1
            return Answer(Came.UNKNOWN, answer.status, answer.body)
        return answer

    async def _send(
        self, method: str, url: str, headers: dict[str, str], body: Any
    ) -> httpx.Response | Answer:
        began = monotonic()
        try:
            response = await self._client.request(method, url, headers=headers, json=body)
        # The last is anyio's way to say that a connection was gone the moment it was made.
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            AttributeError,
        ) as error:
            if isinstance(error, AttributeError) and "getpeername" not in str(error):
                raise
            self.record.counts["not sent"] += 1
            return Answer(Came.NOT_SENT, why=type(error).__name__)
        except httpx.HTTPError as error:
            self.record.counts["no answer"] += 1
            self.record.troubles[type(error).__name__] += 1
            return Answer(Came.UNKNOWN, why=type(error).__name__)
        finally:
            self.record.slowest_s = max(self.record.slowest_s, monotonic() - began)
        return response

    def _read(self, response: httpx.Response, method: str) -> Answer:
        status = response.status_code
        if status >= 500:
            self.record.counts["temporary error"] += 1
            why = f": {response.text[:300]}" if status == 500 else ""
            self.record.troubles[f"{status}{why}"] += 1
            return Answer(Came.UNKNOWN, status, why=response.text[:200])
        body = response.json() if response.content else None
        if status >= 400:
            self.record.counts["refused"] += 1
            return Answer(Came.REFUSED, status, body, why=response.text[:300])
        if method != "GET":
            self.record.counts["acknowledged"] += 1
            self.record.answered_at.append(monotonic())
        return Answer(Came.DONE, status, body)
