"""Writes docs/scim-conformance.md from the rules: `python -m tests.conformance.page`."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.registry import CATALOGUE, Entry, Rule, all_rules
from tests.conformance.unheld import UNHELD
from tests.docs.pages import DOCS

PAGE = DOCS / "scim-conformance.md"

FAMILIES = {
    "HTTP": "Transport, media types, methods",
    "ERR": "Errors",
    "RES": "Resources",
    "SCH": "Discovery",
    "POST": "Creating",
    "GET": "Reading",
    "PAG": "Pages",
    "ATT": "Choosing attributes",
    "FIL": "Filters",
    "SRT": "Sorting",
    "SEA": "Searching by POST",
    "PUT": "Replacing",
    "PAT": "Patching",
    "DEL": "Deleting",
    "ETG": "Versions",
    "BLK": "Bulk",
    "ME": "/Me",
    "TEN": "Organizations",
    "CUR": "Pages by cursor",
    "EVT": "Events",
    "SEC": "Security",
}

_INTRODUCTION = """\
# Conformance to SCIM

Which rules of SCIM this server keeps: RFC 7643 (schemas), RFC 7644 (protocol), RFC 9865 (cursors),
RFC 9967 (events), and what identity providers expect beyond them. What the endpoint does is told in
[The SCIM endpoint](scim.md).

Every rule below is a test of the same name. It sends requests over HTTP to a running server and
judges the answers. Each test is also sent to a server that answers `200 {}` to everything, and must
fail there. This page is made from the tests.

```sh not-run
make test ARGS="tests/conformance"                 # all of them
make test ARGS="tests/conformance -k PAT-D04"      # one
```

They can be sent to another server on this machine. All users and groups of its organization are
deleted before each test, which has to be allowed:

```sh not-run
export ROLLCALL_CONFORMANCE_URL=http://127.0.0.1:8000/v2/ID ROLLCALL_CONFORMANCE_KEY=KEY
ROLLCALL_CONFORMANCE_ERASE=1 make test ARGS="tests/conformance/test_rules.py -n 0 -k 'test_rule['"
```

Tests that need a second organization or a look at the database are skipped then.

MUST, SHALL and SHOULD are the words of the RFCs, ERR is a verified erratum, and XP is expected by
identity providers though no RFC says so. A note is a line that binds nobody.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *_summary(), *_tables()]) + "\n"


def _summary() -> Iterator[str]:
    binding = [entry for entry in CATALOGUE.values() if entry.binds]
    unheld = [entry.id for entry in binding if entry.id in UNHELD]
    yield (
        f"Of {len(binding)} binding rules {len(binding) - len(unheld)} hold. The others:"
        f" {', '.join(unheld)}. Of {len(CATALOGUE)} rules in all,"
        f" {len(CATALOGUE) - len(UNHELD)} are tested."
    )


def _tables() -> Iterator[str]:
    checked = {rule.entry.id: rule for rule in all_rules()}
    for family, title in FAMILIES.items():
        yield f"\n## {title}\n"
        yield "| rule | level | from | what it demands | here |"
        yield "| --- | --- | --- | --- | --- |"
        for entry in CATALOGUE.values():
            if entry.family == family:
                yield _row(entry, checked.get(entry.id))


def _row(entry: Entry, rule: Rule | None) -> str:
    says = "–" if rule is None else rule.says
    here = f"no: {UNHELD[entry.id]}" if rule is None else f"holds. {rule.note}".strip()
    cells = (entry.id, entry.level, entry.source or "–", says, here.rstrip("."))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page())
