"""`make audit`: what is locked, compared with the advisories of PyPI and npm.

Ends with 1 for a finding that `locks/audit-allowed.toml` does not allow today, and with 0 where the
advisories cannot be reached, which it says; `--required` makes that an error as well.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from tests.packages.findings import (
    Allowed,
    AuditError,
    Finding,
    UnreachedError,
    npm_findings,
    pip_findings,
    read_allowed,
)

ROOT = Path(__file__).parents[2]
ALLOWED = ROOT / "locks" / "audit-allowed.toml"
# What is locked to run stands in dev.txt as well; a test of the architecture holds them together.
LOCKS = (
    *(ROOT / "locks" / name for name in ("dev.txt", "setup.txt", "node.txt")),
    ROOT / "bench" / "peers" / "scim2_server" / "requirements.txt",
)
PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Audit:
    """One tool over one set of locks."""

    name: str
    command: Sequence[str]
    folder: Path
    read: Callable[[str, str], list[Finding]]

    def run(self) -> list[Finding]:
        """What the tool found. Raises UnreachedError, AuditError."""
        if shutil.which(self.command[0], path=_path()) is None:
            raise UnreachedError(f"{self.command[0]} is not installed")
        try:
            done = subprocess.run(
                self.command,
                cwd=self.folder,
                env=os.environ | {"PATH": _path()},
                capture_output=True,
                text=True,
                timeout=PATIENCE_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UnreachedError(f"no answer within {PATIENCE_S} s") from None
        return self.read(done.stdout, done.stderr)


def pip_audit(locks: Sequence[Path], address: str | None = None) -> Audit:
    """The locked Python packages, by OSV, or by another server of its kind at `address`."""
    service = ["--vulnerability-service", "osv"] + (["--osv-url", address] if address else [])
    output = ["--format", "json", "--progress-spinner", "off", "--timeout", "20"]
    files = [word for lock in locks for word in ("--requirement", str(lock))]
    command = ["pip-audit", *service, "--disable-pip", "--require-hashes", *output, *files]
    return Audit("pip-audit", command, ROOT, pip_findings)


def npm_audit(folder: Path, address: str | None = None) -> Audit:
    """The console's locked packages, by npm's registry, or another one at `address`."""
    registry = ["--registry", address] if address else []
    output = ["--json", "--package-lock-only", "--fetch-retries=0", "--fetch-timeout=20000"]
    return Audit("npm audit", ["npm", "audit", *output, *registry], folder, npm_findings)


def judge(
    audits: Sequence[Audit], allowed: Sequence[Allowed], today: date, *, required: bool
) -> tuple[int, list[str]]:
    """The exit code, and what to print."""
    code, lines = 0, []
    seen: list[Finding] = []
    unreached = False
    for audit in audits:
        try:
            found = audit.run()
        except UnreachedError as error:
            unreached = True
            code |= required
            lines.append(f"{audit.name}: NOT AUDITED, the advisories were out of reach ({error})")
            continue
        except AuditError as error:
            code = 1
            lines.append(f"{audit.name}: FAILED ({error})")
            continue
        seen += found
        lines.append(f"{audit.name}: {len(found)} findings")
        for finding in found:
            passing = next((entry for entry in allowed if entry.covers(finding, today)), None)
            code |= passing is None
            said = f"allowed until {passing.until}: {passing.reason}" if passing else "NOT ALLOWED"
            lines.append(f"  {finding}: {said}")
    lines.extend(
        f"{entry.id} of {entry.package} is found no more: take it from the list"
        for entry in allowed
        if not unreached and not any(entry.is_about(finding) for finding in seen)
    )
    return int(code), lines


def main() -> int:
    """Audit what this checkout has locked."""
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("--required", action="store_true", help="fail without advisories, too")
    required = parser.parse_args().required
    today = datetime.now(UTC).date()
    audits = [pip_audit(LOCKS), npm_audit(ROOT / "web-client")]
    code, lines = judge(audits, read_allowed(ALLOWED), today, required=required)
    sys.stdout.write("\n".join(lines) + "\n")
    return code


def _path() -> str:
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"


if __name__ == "__main__":
    sys.exit(main())
