"""Every way in which a provider can change the address or the userName of Ada."""

from __future__ import annotations

from typing import Any

from tests.scim_facade.people import FULL
from tests.support.scim import USER, Body, patch_body

OLD, SECOND, NEW = "ada@x.example", "ada@second.example", "ada@new.example"
WORK = {"value": NEW, "type": "work", "primary": True}
HOME = FULL["emails"][1]
LISTED = [WORK, HOME]


def operation(op: str, path: str | None, value: Any = None) -> dict[str, Any]:
    given = {"op": op, "path": path, "value": value}
    return patch_body({name: part for name, part in given.items() if part is not None})


# Each way makes NEW the address of someone who has OLD at work, primary, and SECOND at home.
WAYS: dict[str, tuple[str, Body]] = {
    "PUT": ("PUT", FULL | {"emails": LISTED}),
    "PUT, one object": ("PUT", FULL | {"emails": WORK}),
    "PUT, type alone": ("PUT", FULL | {"emails": [HOME, {"value": NEW, "type": "Work"}]}),
    "replace of all": ("PATCH", operation("replace", "emails", LISTED)),
    "add of another primary one": (
        "PATCH",
        operation("add", "emails", [{"value": NEW, "type": "other", "primary": True}]),
    ),
    "replace by type": ("PATCH", operation("Replace", 'emails[type eq "work"].value', NEW)),
    "add by type": ("PATCH", operation("Add", 'emails[type eq "work"].value', NEW)),
    "by type in another case": (
        "PATCH",
        operation("Replace", 'EMAILS[Type Eq "WORK"].Value', NEW),
    ),
    "whole element by type": ("PATCH", operation("replace", 'emails[type eq "work"]', WORK)),
    "by primary": ("PATCH", operation("replace", "emails[primary eq true].value", NEW)),
    "by quoted primary": ("PATCH", operation("replace", 'emails[primary eq "True"].value', NEW)),
    "by type and primary": (
        "PATCH",
        operation("replace", 'emails[type eq "work" and primary eq true].value', NEW),
    ),
    "by the old address": ("PATCH", operation("replace", f'emails[value eq "{OLD}"].value', NEW)),
    "path emails.value": ("PATCH", operation("replace", "emails.value", NEW)),
    "with URN": ("PATCH", operation("replace", f"{USER}:emails", LISTED)),
    "with URN, by type": ("PATCH", operation("add", f'{USER}:emails[type eq "work"].value', NEW)),
    "no path, nested": ("PATCH", operation("replace", None, {"emails": LISTED})),
    "no path, dotted": ("PATCH", operation("replace", None, {"emails.value": NEW})),
    "no path, filtered": (
        "PATCH",
        operation("replace", None, {'emails[type eq "work"].value': NEW, "title": "T"}),
    ),
    "no path, URN": ("PATCH", operation("replace", None, {f"{USER}:emails": LISTED})),
    "no path, URN nested": ("PATCH", operation("add", None, {USER: {"emails": LISTED}})),
    "removed and added": (
        "PATCH",
        patch_body(
            {"op": "remove", "path": 'emails[type eq "work"]'},
            {"op": "add", "path": 'emails[type eq "work"].value', "value": NEW},
        ),
    ),
}

# Each way makes SECOND the address, which the list has already.
TO_SECOND: dict[str, tuple[str, Body]] = {
    "the primary one is removed": ("PATCH", operation("remove", 'emails[type eq "work"]')),
    "the value is removed": ("PATCH", operation("remove", 'emails[type eq "work"].value')),
    "the value is cleared": ("PATCH", operation("replace", 'emails[type eq "work"].value', "")),
    "listed in a remove": ("PATCH", operation("remove", "emails", [{"value": OLD}])),
    "another becomes primary": (
        "PATCH",
        operation("replace", 'emails[type eq "home"].primary', True),
    ),
    "another becomes primary, as a string": (
        "PATCH",
        operation("Add", 'emails[type eq "home"].primary', "True"),
    ),
    "PUT of the other alone": ("PUT", FULL | {"emails": [HOME]}),
    "PUT with the flag at the other": (
        "PUT",
        FULL | {"emails": [{"value": OLD, "type": "work"}, HOME | {"primary": True}]},
    ),
}

# Each way makes NEW the userName of someone who has no list, and whose address it was.
NAMES: dict[str, tuple[str, Body]] = {
    "PUT": ("PUT", {"userName": NEW}),
    "path": ("PATCH", operation("Replace", "userName", NEW)),
    "path with URN": ("PATCH", operation("replace", f"{USER}:userName", NEW)),
    "no path": ("PATCH", operation("replace", None, {"username": NEW})),
    "no path, URN": ("PATCH", operation("add", None, {f"{USER}:userName": NEW})),
    "no path, URN nested": ("PATCH", operation("add", None, {USER: {"userName": NEW}})),
}

Way = tuple[str, Body]
