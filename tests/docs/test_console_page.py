"""The page on the console names the pages and tabs that the console has."""

from __future__ import annotations

import re

from tests.docs.pages import DOCS, ROOT, table

PAGE = DOCS / "console.md"
SOURCES = ROOT / "web-client/src"


def tabs_of_settings() -> list[tuple[str, str]]:
    """The tabs of the settings, each with the scope that shows it."""
    source = (SOURCES / "features/settings/tabs.ts").read_text()
    return re.findall(r'\["/o/\$organization/settings[^"]*", "([^"]+)", "([A-Z_]+)"\]', source)


def test_every_page_is_named_with_the_scopes_that_show_it() -> None:
    source = (SOURCES / "shell/pages.ts").read_text()
    entries = re.findall(r'text: "([^"]+)",\s+isFor: (.*?),?\s+\},?\n', source, re.DOTALL)
    shown = {text: set(re.findall(r'"([A-Z_]+)"', rule)) for text, rule in entries}
    assert "SETTINGS_TABS.some" in dict(entries)["Settings"]
    shown["Settings"] = {scope for _, scope in tabs_of_settings()}

    named = {row[0]: set(re.findall(r"`([A-Z_]+)`", row[2])) for row in table(PAGE, "page")}
    assert len(named) > 5
    assert named == shown


def test_every_tab_of_the_settings_is_named_with_the_scope_that_shows_it() -> None:
    tabs = tabs_of_settings()

    assert len(tabs) > 3
    rows = table(PAGE, "tab of *Settings*")
    assert [(row[0], row[2].strip("`")) for row in rows] == tabs


def test_what_changes_a_tab_is_asked_for_by_it() -> None:
    settings = SOURCES / "features/settings"
    sso = SOURCES / "features/single-sign-on"
    sources = {
        "Provisioning": (settings / "Provisioning.tsx").read_text(),
        "Sign-in": "".join(file.read_text() for file in sso.glob("*.tsx")),
        "Organization": (settings / "OrganizationPage.tsx").read_text(),
    }

    for row in table(PAGE, "tab of *Settings*"):
        for scope in re.findall(r"`([A-Z_]+)`", row[3]):
            if row[0] in sources:
                assert f'"{scope}"' in sources[row[0]], row
