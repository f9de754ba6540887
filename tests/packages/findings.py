"""What `pip-audit` and `npm audit` print, as findings; and which of those are allowed for now."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

# What the tools write where the advisories, not the packages, are the trouble.
_OUT_OF_REACH = ("requests.exceptions.", "ConnectionError", "ServiceError", "audit endpoint")


class UnreachedError(Exception):
    """The advisories could not be read, so that nothing is known of any package."""


class AuditError(Exception):
    """The tool failed for another reason: what it was given is wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A known weakness of a package that is locked here."""

    package: str
    ids: frozenset[str]
    title: str

    def __str__(self) -> str:
        return f"{self.package}: {', '.join(sorted(self.ids))} – {self.title}"


@dataclass(frozen=True, slots=True)
class Allowed:
    """A finding that is let pass up to and with a day."""

    id: str
    package: str
    reason: str
    until: date

    def covers(self, finding: Finding, today: date) -> bool:
        """Whether the finding is this one, and the day has not passed."""
        return self.is_about(finding) and today <= self.until

    def is_about(self, finding: Finding) -> bool:
        return self.id in finding.ids and self.package == finding.package


def read_allowed(path: Path) -> list[Allowed]:
    """The allow-list. Raises ValueError where an entry lacks its reason or its day."""
    entries = []
    for entry in tomllib.loads(path.read_text("utf-8")).get("allowed", []):
        allowed = Allowed(**entry)
        if type(allowed.until) is not date or not allowed.reason.strip():
            raise ValueError(f"{allowed.id}: needs a reason, and a day as in 2026-12-31")
        entries.append(allowed)
    return entries


def pip_findings(printed: str, complaints: str) -> list[Finding]:
    """Of `pip-audit --format json`. Raises UnreachedError, also where a package was skipped.

    A mirror without advisories answers 404 for each, and the tool then ends as if all were well.
    """
    answer = _json(printed, complaints)
    packages = answer["dependencies"]
    if skipped := [package["name"] for package in packages if "skip_reason" in package]:
        raise UnreachedError(f"nothing is known of {len(skipped)} packages, as {skipped[0]}")
    return [
        Finding(
            package["name"],
            frozenset({flaw["id"], *flaw["aliases"]}),
            f"{flaw['description']} (in {package['version']}, mended in "
            f"{', '.join(flaw['fix_versions']) or 'no version'})",
        )
        for package in packages
        for flaw in package["vulns"]
    ]


def npm_findings(printed: str, complaints: str) -> list[Finding]:
    """Of `npm audit --json`. Raises UnreachedError."""
    answer = _json(printed, complaints)
    if "vulnerabilities" not in answer:
        _fail(str(answer.get("message", "")), complaints)
    flaws = [
        flaw
        for package in answer["vulnerabilities"].values()
        for flaw in package["via"]
        if not isinstance(flaw, str)  # a package that has it from another one
    ]
    return [
        Finding(
            flaw["name"],
            frozenset({flaw["url"].rpartition("/")[2]}),
            f"{flaw['title']} (in {flaw['range']})",
        )
        for flaw in flaws
    ]


def _json(printed: str, complaints: str) -> Any:
    try:
        return json.loads(printed)
    except ValueError:
        _fail("", complaints)
        raise AssertionError from None


def _fail(message: str, complaints: str) -> None:
    last = (complaints.strip().splitlines() or ["nothing was printed"])[-1]
    if any(sign in complaints for sign in _OUT_OF_REACH):
        raise UnreachedError(message or last)
    raise AuditError(message or last)
