"""The tables that pages of the documentation have from the code.

Each stands in its page between two comments. `python -m tests.docs.tables` writes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from domain.model.lifecycle import LIFECYCLE, Transition
from domain.queries.hint_texts import GROUP, HINTS
from domain.vocabulary import IdentityProvider, MemberStatus
from scim_facade.protocol.dialect import SENTENCES
from tests.docs.pages import DOCS
from tests.packages import licences

ERRORS = DOCS / "errors"
PROVIDERS = {
    IdentityProvider.ENTRA_ID: "Entra ID",
    IdentityProvider.OKTA: "Okta",
    IdentityProvider.ONELOGIN: "OneLogin",
    IdentityProvider.JUMPCLOUD: "JumpCloud",
    IdentityProvider.PING: "Ping",
    IdentityProvider.GOOGLE: "Google",
    IdentityProvider.RIPPLING: "Rippling",
    IdentityProvider.AUTHENTIK: "authentik",
    IdentityProvider.KEYCLOAK: "Keycloak",
}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def lifecycle_table() -> str:
    """Each action: from where, what it leads to, where it changes nothing, its name in history."""
    rows = [
        (
            action.lower().replace("_", " "),
            _sources(row),
            _destination(row),
            _statuses(row.already) or "–",
            f"`{row.audit_action}`",
        )
        for action, row in LIFECYCLE.items()
    ]
    return _table(("action", "possible from", "leads to", "changes nothing at", "in history"), rows)


def tolerance_table() -> str:
    """Each tolerated deviation: its name, and the sentence it leaves in the request log."""
    rows = [
        (f"`{deviation}`", _PLACEHOLDER.sub(r"*\1*", sentence))
        for deviation, sentence in SENTENCES.items()
    ]
    return _table(("name", "warning in the request log"), rows)


def hint_table(page: str) -> str:
    """What to change in each provider about the error that the page is about."""
    rows = [
        (f"{PROVIDERS[provider]}{about}", text)
        for situation, about in ((page, ""), (f"{page}{GROUP}", ", groups"))
        for provider, text in HINTS.get(situation, {}).items()
        if provider is not None
    ]
    return _table(("provider", "what to change"), sorted(rows))


def pages_with_hints() -> list[str]:
    """Names of the error pages that some provider has a hint of its own for."""
    found = {
        situation.removesuffix(GROUP)
        for situation, texts in HINTS.items()
        if any(provider is not None for provider in texts)
    }
    return sorted(name for name in found if (ERRORS / f"{name}.md").exists())


TABLES: dict[tuple[Path, str], Callable[[], str]] = {
    (DOCS / "lifecycle.md", "life cycle"): lifecycle_table,
    (DOCS / "scim.md", "tolerance"): tolerance_table,
    (DOCS / "licences.md", "server licences"): licences.server_table,
    (DOCS / "licences.md", "console licences"): licences.console_table,
} | {(ERRORS / f"{page}.md", "hint"): partial(hint_table, page) for page in pages_with_hints()}


def written(page: Path, name: str) -> str:
    """The table of that name as it stands in the page."""
    return page.read_text().partition(_begin(name))[2].partition(_end(name))[0].strip()


def write(page: Path, name: str, table: str) -> None:
    """Put the table into the page."""
    before, begin, rest = page.read_text().partition(_begin(name))
    _, end, after = rest.partition(_end(name))
    page.write_text(f"{before}{begin}\n{table}\n{end}{after}")


def _begin(name: str) -> str:
    return f"<!-- begin {name} table, made by python -m tests.docs.tables -->"


def _end(name: str) -> str:
    return f"<!-- end {name} table -->"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _statuses(statuses: Iterable[MemberStatus]) -> str:
    present = set(statuses)
    return ", ".join(status for status in MemberStatus if status in present)


def _sources(row: Transition) -> str:
    if row.allowed_from == frozenset(MemberStatus):
        return "any status"
    parts = ["nothing (a new member)"] if row.creates else []
    if row.allowed_from:
        parts.append(_statuses(row.allowed_from))
    return " or ".join(parts)


def _destination(row: Transition) -> str:
    if row.to is not None:
        return row.to
    match row.audit_action:
        case "member.restored":
            return "the status before it was revoked"
        case "member.removed":
            return "gone"
        case _:
            return "the same status"


if __name__ == "__main__":
    for (page, name), render in TABLES.items():
        write(page, name, render())
