"""What identity providers do over a working day, one function each, played over HTTP.

Written after what each is known to send; every flow gives back what must have come of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.vocabulary import IdentityProvider
from tests.e2e.wire import ENTERPRISE, GROUP, PATCH_OP, USER, Came, Wire, person


def entra_id(wire: Wire, *, compliant: bool) -> Came:
    """Microsoft Entra ID: PATCH for everything; `compliant` is its flag for the RFC's dialect."""

    def op(kind: str) -> str:
        return kind if compliant else kind.title()

    def switch(on: bool) -> Any:
        return on if compliant else str(on)

    wire.headers["adscimversion"] = "Date:2026-01-01, ActivityId:1"
    assert wire.find("/Users", 'userName eq "7f6c0b9e-nobody"') == []
    assert wire.find("/Groups", 'displayName eq "nothing"', "&excludedAttributes=members") == []

    assert wire.find("/Users", 'userName eq "mira.sol@fabric.example"') == []
    body = person("mira.sol", "fabric.example", externalId="mira.sol", roles=[])
    body["meta"] = {"resourceType": "User"}
    body[ENTERPRISE] = {"department": "Looms", "employeeNumber": "17"}
    mira = wire.call("POST", "/Users", body, status=201)["id"]
    leo = wire.call("POST", "/Users", person("leo.vane", "fabric.example"), status=201)["id"]
    wire.call("POST", "/Users", person("leo.vane", "fabric.example"), status=409)

    manager = f"{ENTERPRISE}:manager"
    if compliant:
        changes = {"displayName": "Mira Sol-Ray", "name.familyName": "Sol-Ray"}
        wire.patch(f"/Users/{mira}", {"op": "replace", "value": changes})
    else:
        wire.patch(
            f"/Users/{mira}",
            {"op": "Replace", "path": "displayName", "value": "Mira Sol-Ray"},
            {"op": "Add", "path": "name.familyName", "value": "Sol-Ray"},
        )
    wire.patch(
        f"/Users/{mira}",
        {"op": op("add"), "path": 'phoneNumbers[type eq "mobile"].value', "value": "+1 (555) 010"},
        {"op": op("add"), "path": manager, "value": leo},
        {"op": op("replace"), "path": f"{ENTERPRISE}:department", "value": "Dyes"},
    )
    read = wire.call("GET", f"/Users/{mira}")
    assert read["name"] == {"givenName": "Mira", "familyName": "Sol-Ray"}
    assert read["phoneNumbers"] == [{"type": "mobile", "value": "+1 (555) 010"}]
    assert (read[ENTERPRISE]["manager"], read[ENTERPRISE]["department"]) == ({"value": leo}, "Dyes")
    assert wire.find("/Users", f'id eq "{mira}" and manager eq "{leo}"', "&attributes=id") != []

    team = {"schemas": [GROUP], "displayName": "Weavers", "externalId": "g-0001"}
    group = wire.call("POST", "/Groups", team, status=201)["id"]
    for member in (mira, leo):
        wire.patch(
            f"/Groups/{group}",
            {"op": op("add"), "path": "members", "value": [{"value": member}]},
            status=204,
        )
    wire.patch(
        f"/Groups/{group}",
        {"op": op("replace"), "path": "displayName", "value": "Master Weavers"},
        status=204,
    )
    gone: dict[str, Any] = {"path": f'members[value eq "{leo}"]'}
    if not compliant:
        gone = {"path": "members", "value": [{"value": leo}]}
    wire.patch(f"/Groups/{group}", {"op": op("remove"), **gone}, status=204)
    shown = wire.call("GET", f"/Groups/{group}?excludedAttributes=members")
    assert "members" not in shown

    disabled = wire.patch(
        f"/Users/{leo}", {"op": op("replace"), "path": "active", "value": switch(False)}
    )
    assert disabled["active"] is False
    wire.patch(f"/Users/{mira}", {"op": op("replace"), "path": "active", "value": switch(False)})
    wire.patch(f"/Users/{mira}", {"op": op("replace"), "path": "active", "value": switch(True)})
    wire.call("DELETE", f"/Users/{leo}", status=204)
    wire.call("GET", f"/Users/{leo}", status=404)

    return Came(
        members={"mira.sol@fabric.example": "INVITED"},
        groups={"Master Weavers": {"mira.sol@fabric.example"}},
        history=[
            "member.invited", "member.invited", "member.updated", "member.updated",
            "group.created", "group.members_changed", "group.members_changed", "group.updated",
            "group.members_changed", "member.revoked", "member.revoked", "member.restored",
            "member.removed",
        ],
    )  # fmt: skip


def okta_catalog(wire: Wire) -> Came:
    """Okta, an app of its catalog: PUT for profiles, PATCH for access and groups."""
    wire.headers["Authorization"] = wire.headers["Authorization"].removeprefix("Bearer ")
    wire.call("GET", "/Users?startIndex=1&count=2")
    paged = "&startIndex=1&count=100"
    assert wire.find("/Users", 'userName eq "Noor.Hale@bay.example"', paged) == []
    body = person("noor.hale", "bay.example", externalId="00u7", groups=[], locale="en-US")
    body["password"] = "Rand0m-Passw0rd"
    created = wire.call("POST", "/Users", body, status=201)
    noor = created["id"]
    found = wire.find("/Users", 'userName eq "NOOR.HALE@bay.example"', paged)
    assert [user["id"] for user in found] == [noor]
    read = wire.call("GET", f"/Users/{noor}")
    read["title"] = "Captain"
    assert wire.call("PUT", f"/Users/{noor}", read)["title"] == "Captain"
    gus = wire.call("POST", "/Users", person("gus.moor", "bay.example"), status=201)["id"]

    wire.find("/Groups", 'displayName eq "Crew"', paged)
    crew = {"schemas": [GROUP], "displayName": "Crew", "members": []}
    group = wire.call("POST", "/Groups", crew, status=201)["id"]
    member = {"value": noor, "display": "noor.hale@bay.example"}
    path = f"/Groups/{group}"
    rename = {"op": "replace", "value": {"id": group, "displayName": "Night Crew"}}
    wire.patch(path, {"op": "add", "path": "members", "value": [member]}, rename, status=204)
    wire.patch(
        path,
        {"op": "remove", "path": f'members[value eq "{noor}"]'},
        {"op": "add", "path": "members", "value": [{"value": gus, "display": "gus"}]},
        status=204,
    )
    push = {"op": "replace", "path": "members", "value": [member, {"value": gus}]}
    wire.patch(path, push, status=204)
    wire.patch(path, push, status=204)

    off = wire.patch(f"/Users/{gus}", {"op": "replace", "value": {"active": False}})
    assert (off["id"], off["active"]) == (gus, False)
    page = wire.call("GET", "/Users?startIndex=1&count=1")
    assert (page["totalResults"], page["itemsPerPage"]) == (2, 1)
    return Came(
        members={"noor.hale@bay.example": "INVITED", "gus.moor@bay.example": "REVOKED"},
        groups={"Night Crew": {"noor.hale@bay.example", "gus.moor@bay.example"}},
        history=[
            "member.invited", "member.updated", "member.invited", "group.created",
            "group.updated", "group.members_changed", "group.members_changed",
            "group.members_changed", "member.revoked",
        ],
    )  # fmt: skip


def okta_wizard(wire: Wire) -> Came:
    """Okta, an app of its integration wizard: GET, then PUT of the whole, for everything."""
    ida = wire.call("POST", "/Users", person("ida.lund", "fjord.example"), status=201)["id"]
    group = wire.call(
        "POST", "/Groups", {"displayName": "Rowers", "members": [{"value": ida}]}, status=201
    )
    whole = wire.call("GET", f"/Groups/{group['id']}")
    wire.call("PUT", f"/Groups/{group['id']}", whole | {"members": []})
    wire.call("PUT", f"/Groups/{group['id']}", whole | {"displayName": "Eight"})
    read = wire.call("GET", f"/Users/{ida}")
    assert wire.call("PUT", f"/Users/{ida}", read | {"active": False})["active"] is False
    read = wire.call("GET", f"/Users/{ida}")
    restored = wire.call("PUT", f"/Users/{ida}", read | {"active": True})
    assert (restored["id"], restored["active"]) == (ida, True)
    return Came(
        members={"ida.lund@fjord.example": "INVITED"},
        groups={"Eight": {"ida.lund@fjord.example"}},
        history=[
            "member.invited", "group.created", "group.members_changed", "group.members_changed",
            "group.updated", "group.members_changed", "member.revoked", "member.restored",
        ],
    )  # fmt: skip


def onelogin(wire: Wire) -> Came:
    """OneLogin: foreign schemas, odd ends of URLs, strings for booleans, no User-Agent."""
    wire.headers["User-Agent"] = ""
    wire.call("GET", "/Users?filter=userName+eq+%22pia%40vale.example%22&")
    body = person("pia", "vale.example", schemas=["urn:scim:schemas:core:2.0"], active="true")
    body["emails"] = {"value": "pia+hr@vale.example", "type": "work"}
    pia = wire.call("POST", "/Users", body | {"id": None, "title": None}, status=201)["id"]
    found = wire.call("GET", "/Users?filter=emails+eq+%22pia%2Bhr%40vale.example%22&")
    assert found["totalResults"] == 1
    group = wire.call("POST", "/Groups", {"displayName": "Valley"}, status=201)["id"]
    add = {"op": "add", "path": f'members[value eq "{pia}"]'}
    body_ = {"schemas": [PATCH_OP], "Operations": [add]}
    wire.call("PATCH", f"/Groups/{group}?", body_, status=204)
    assert wire.call("PUT", f"/Users/{pia}?", body | {"active": "0"})["active"] is False
    wire.call("DELETE", f"/Users/{pia}", status=204)
    return Came(
        groups={"Valley": set()},
        history=[
            "member.invited", "group.created", "group.members_changed", "member.revoked",
            "member.removed",
        ],
    )  # fmt: skip


def jumpcloud(wire: Wire) -> Came:
    """JumpCloud: a test user and group that come and go, then PUT, full and sparse."""
    probe = wire.call("POST", "/Users", person("probe", "peak.example"), status=201)["id"]
    test_group = wire.call("POST", "/Groups", {"displayName": "probe"}, status=201)["id"]
    wire.call("DELETE", f"/Groups/{test_group}", status=204)
    wire.call("DELETE", f"/Users/{probe}", status=204)
    body = person("tom.arc", "peak.example", schemas=[USER, ENTERPRISE])
    tom = wire.call("POST", "/Users", body, status=201)["id"]
    sparse = {"id": tom, "userName": "tom.arc@peak.example", "emails": None, "addresses": []}
    assert wire.call("PUT", f"/Users/{tom}", sparse)["active"] is True
    group = wire.call("POST", "/Groups", {"displayName": "Climbers"}, status=201)["id"]
    members = [{"value": tom}]
    add = {"op": "add", "path": "members", "value": members}
    wire.patch(f"/Groups/{group}", add, status=204)
    wire.patch(f"/Groups/{group}", {**add, "op": "remove"}, status=204)
    assert wire.call("PUT", f"/Users/{tom}", body | {"active": False})["active"] is False
    return Came(
        members={"tom.arc@peak.example": "REVOKED"},
        groups={"Climbers": set()},
        history=[
            "member.invited", "group.created", "group.deleted", "member.removed",
            "member.invited", "member.updated", "group.created", "group.members_changed",
            "group.members_changed", "member.updated", "member.revoked",
        ],
    )  # fmt: skip


def ping(wire: Wire) -> Came:
    """PingOne: a lookup with words of an administrator, PUT of users and of groups."""
    assert wire.find("/Users", 'userName Eq "uma@dune.example"') == []
    uma = wire.call("POST", "/Users", person("uma", "dune.example"), status=201)["id"]
    (found,) = wire.find("/Users", "emails eq uma@dune.example")
    assert found["id"] == uma
    wire.call("PUT", f"/Users/{uma}", person("uma", "dune.example", title="Guide"))
    group = {"displayName": "Caravan", "members": [{"value": uma}]}
    id_ = wire.call("POST", "/Groups", group, status=201)["id"]
    listed = wire.call("GET", "/Groups")["Resources"]
    assert [one["displayName"] for one in listed] == ["Caravan"]
    wire.call("PUT", f"/Groups/{id_}", group | {"members": []})
    wire.call("PUT", f"/Groups/{id_}", group)
    return Came(
        members={"uma@dune.example": "INVITED"},
        groups={"Caravan": {"uma@dune.example"}},
        history=[
            "member.invited", "member.updated", "group.created", "group.members_changed",
            "group.members_changed", "group.members_changed",
        ],
    )  # fmt: skip


FLOWS: dict[str, tuple[IdentityProvider, dict[str, str], Callable[[Wire], Came]]] = {
    "Entra ID": (
        IdentityProvider.ENTRA_ID,
        {"Accept": "application/scim+json"},
        lambda wire: entra_id(wire, compliant=False),
    ),
    "Entra ID, compliant": (
        IdentityProvider.ENTRA_ID,
        {"Accept": "application/scim+json"},
        lambda wire: entra_id(wire, compliant=True),
    ),
    "Okta, catalog": (
        IdentityProvider.OKTA,
        {"Accept": "application/scim+json", "User-Agent": "Okta SCIM Client 1.0.0"},
        okta_catalog,
    ),
    "Okta, wizard": (IdentityProvider.OKTA, {"User-Agent": "Okta SCIM Client 1.0.0"}, okta_wizard),
    "OneLogin": (IdentityProvider.ONELOGIN, {}, onelogin),
    "JumpCloud": (IdentityProvider.JUMPCLOUD, {"Accept": "application/json"}, jumpcloud),
    "Ping": (IdentityProvider.PING, {"User-Agent": "PingOne"}, ping),
}
