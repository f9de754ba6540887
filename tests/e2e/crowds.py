"""What providers send when a whole crowd is to lose access, one function each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from domain.vocabulary import IdentityProvider
from tests.e2e.wire import PATCH_OP, Wire, person


@dataclass(frozen=True, slots=True)
class Crowd:
    """A provider's way to take access away, its headers, and what it does all day besides."""

    provider: IdentityProvider
    headers: dict[str, str]
    deprovision: Callable[[Wire, str], httpx.Response]
    update: Callable[[Wire, str], Any]
    action: str


def send(wire: Wire, method: str, path: str, body: Any = None) -> httpx.Response:
    """The whole response, whatever its status."""
    wire.sent += 1
    return wire.client.request(method, wire.base + path, json=body, headers=wire.headers)


def create(wire: Wire, count: int) -> list[str]:
    """Ids of so many users."""
    return [
        wire.call("POST", "/Users", person(f"p{n}.crowd", "mass.example"), status=201)["id"]
        for n in range(count)
    ]


def _entra_disable(wire: Wire, id_: str) -> httpx.Response:
    """Entra ID without its flag for the RFC: names in upper case, strings for booleans."""
    operation = {"op": "Replace", "path": "active", "value": "False"}
    body = {"schemas": [PATCH_OP], "Operations": [operation]}
    return send(wire, "PATCH", f"/Users/{id_}", body)


def _entra_update(wire: Wire, id_: str) -> Any:
    return wire.patch(f"/Users/{id_}", {"op": "Replace", "path": "title", "value": "Weaver"})


def _okta_deactivate(wire: Wire, id_: str) -> httpx.Response:
    """Okta, an app of its catalog: a PATCH without path."""
    operation = {"op": "replace", "value": {"active": False}}
    return send(wire, "PATCH", f"/Users/{id_}", {"schemas": [PATCH_OP], "Operations": [operation]})


def _okta_update(wire: Wire, id_: str) -> Any:
    read = wire.call("GET", f"/Users/{id_}")
    # Its profile PUT says nothing of access.
    return wire.call("PUT", f"/Users/{id_}", {k: v for k, v in read.items() if k != "active"})


def _wizard_deactivate(wire: Wire, id_: str) -> httpx.Response:
    """Okta, an app of its wizard: GET, then PUT of the whole."""
    read = wire.call("GET", f"/Users/{id_}")
    return send(wire, "PUT", f"/Users/{id_}", read | {"active": False})


def _entra_delete(wire: Wire, id_: str) -> httpx.Response:
    """Entra ID, thirty days after a soft deletion."""
    return send(wire, "DELETE", f"/Users/{id_}")


_ENTRA = {"adscimversion": "Date:2026-01-01, ActivityId:1", "Accept": "application/scim+json"}
_OKTA = {"User-Agent": "Okta SCIM Client 1.0.0", "Accept": "application/scim+json"}
CROWDS: dict[str, Crowd] = {
    "Entra ID disables": Crowd(
        IdentityProvider.ENTRA_ID, _ENTRA, _entra_disable, _entra_update, "REVOKE"
    ),
    "Entra ID deletes": Crowd(
        IdentityProvider.ENTRA_ID, _ENTRA, _entra_delete, _entra_update, "REMOVE"
    ),
    "Okta, catalog": Crowd(IdentityProvider.OKTA, _OKTA, _okta_deactivate, _okta_update, "REVOKE"),
    "Okta, wizard": Crowd(IdentityProvider.OKTA, _OKTA, _wizard_deactivate, _okta_update, "REVOKE"),
}


def deprovision(wire: Wire, crowd: Crowd, ids: Sequence[str]) -> list[httpx.Response]:
    """What each is answered, in order."""
    return [crowd.deprovision(wire, id_) for id_ in ids]
