"""`make audit` fails for a finding, lets pass what is allowed, and says what it did not see."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.packages.audit import ALLOWED, LOCKS, Audit, judge, npm_audit, pip_audit
from tests.packages.findings import (
    Allowed,
    AuditError,
    Finding,
    UnreachedError,
    npm_findings,
    pip_findings,
    read_allowed,
)
from tests.support.http_server import Handler, serving

ADVISORY = frozenset({"GHSA-1"})
TODAY = date(2026, 3, 1)
FLAW = Finding("padder", frozenset({"GHSA-1", "CVE-1"}), "pads wrong")
ENTRY = Allowed("CVE-1", "padder", "we do not pad", TODAY)
LOCK = f"padder==1.3.0 --hash=sha256:{'a' * 64}\n"
PROJECT = {"name": "site", "version": "1.0.0", "dependencies": {"padder": "1.3.0"}}
OSV = {"id": "GHSA-1", "aliases": ["CVE-1"], "summary": "pads wrong", "affected": []}
NPM = {
    "id": 1,
    "url": "https://example.com/advisories/GHSA-1",
    "title": "pads wrong",
    "severity": "low",
    "vulnerable_versions": "<2",
}


class Advisories(Handler):
    """Answers as OSV and as npm's registry do."""

    flawed = True

    def post(self) -> None:
        body = self.body()
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        assert "padder" in body.decode()
        found = {"padder": [NPM]} if "npm" in self.path else {"vulns": [OSV]}
        self.answer(200, json.dumps(found if self.flawed else {}).encode())


@contextmanager
def advisories(*, flawed: bool) -> Iterator[str]:
    with serving(type("Flawed", (Advisories,), {"flawed": flawed})) as url:
        yield f"{url}/"


def locked(folder: Path) -> tuple[Path, Path]:
    (folder / "lock.txt").write_text(LOCK)
    (folder / "package.json").write_text(json.dumps(PROJECT))
    packages = {"": PROJECT, "node_modules/padder": {"version": "1.3.0"}}
    lock = {**PROJECT, "lockfileVersion": 3, "packages": packages}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    return folder / "lock.txt", folder


def finds(*findings: Finding) -> Audit:
    return Audit("tool", ["true"], Path(), lambda _out, _err: list(findings))


def fails(error: Exception) -> Audit:
    def read(_out: str, _err: str) -> list[Finding]:
        raise error

    return Audit("tool", ["true"], Path(), read)


@pytest.mark.parametrize("flawed", [True, False])
def test_pip_audit_reads_the_advisories(tmp_path: Path, flawed: bool) -> None:
    lock, _ = locked(tmp_path)
    with advisories(flawed=flawed) as address:
        found = pip_audit([lock], f"{address}v1/query").run()

    assert [(each.package, each.ids) for each in found] == [("padder", FLAW.ids)] * flawed


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm comes with the console's tests")
@pytest.mark.parametrize("flawed", [True, False])
def test_npm_audit_reads_the_advisories(tmp_path: Path, flawed: bool) -> None:
    _, folder = locked(tmp_path)
    with advisories(flawed=flawed) as address:
        found = npm_audit(folder, address).run()

    assert [(each.package, each.ids) for each in found] == [("padder", ADVISORY)] * flawed


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm comes with the console's tests")
def test_a_service_out_of_reach_is_said_and_turns_red_only_on_demand(tmp_path: Path) -> None:
    lock, folder = locked(tmp_path)
    nowhere = "http://127.0.0.1:9/"
    audits = [pip_audit([lock], nowhere), npm_audit(folder, nowhere)]

    code, lines = judge(audits, [], TODAY, required=False)

    assert code == 0
    assert [line.partition(", the")[0] for line in lines] == [
        "pip-audit: NOT AUDITED",
        "npm audit: NOT AUDITED",
    ]
    unreached = [fails(UnreachedError("away")), finds()]
    assert judge(unreached, [], TODAY, required=True)[0] == 1


def test_a_finding_fails_with_its_name() -> None:
    code, lines = judge([finds(FLAW)], [], TODAY, required=False)

    assert (code, lines[-1]) == (1, "  padder: CVE-1, GHSA-1 – pads wrong: NOT ALLOWED")


def test_a_finding_beside_a_service_out_of_reach_fails() -> None:
    audits = [fails(UnreachedError("away")), finds(FLAW)]

    assert judge(audits, [], TODAY, required=False)[0] == 1


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (ENTRY, 0),
        (Allowed("CVE-1", "padder", "late", date(2026, 2, 28)), 1),
        (Allowed("CVE-1", "another", "of another package", TODAY), 1),
        (Allowed("CVE-2", "padder", "another finding", TODAY), 1),
    ],
)
def test_a_finding_passes_up_to_its_last_day(entry: Allowed, code: int) -> None:
    assert judge([finds(FLAW)], [entry], TODAY, required=False)[0] == code


def test_an_entry_that_is_needed_no_more_is_named_where_all_was_seen() -> None:
    _, lines = judge([finds()], [ENTRY], TODAY, required=False)
    _, unseen = judge([finds(), fails(UnreachedError("away"))], [ENTRY], TODAY, required=False)

    assert lines[-1] == "CVE-1 of padder is found no more: take it from the list"
    assert not any("no more" in line for line in unseen)


def test_a_mirror_without_advisories_is_not_taken_for_a_clean_bill() -> None:
    printed = {"dependencies": [{"name": "padder", "skip_reason": "not found"}]}

    with pytest.raises(UnreachedError, match="nothing is known of 1 packages, as padder"):
        pip_findings(json.dumps(printed), "")


@pytest.mark.parametrize("read", [pip_findings, npm_findings])
def test_a_tool_that_fails_by_itself_fails_the_audit(read: Any) -> None:
    with pytest.raises(AuditError, match="no such option"):
        read("", "usage: …\nno such option")

    assert judge([fails(AuditError("broken"))], [], TODAY, required=False)[0] == 1


def test_a_weakness_in_a_package_of_a_package_is_told_once() -> None:
    own = {"name": "padder", "title": "t", "url": "/GHSA-1", "range": "<2"}
    vulnerabilities = {"padder": {"via": [own]}, "site": {"via": ["padder"]}}

    found = npm_findings(json.dumps({"vulnerabilities": vulnerabilities}), "")

    assert [(each.package, each.ids) for each in found] == [("padder", ADVISORY)]


def test_the_list_of_this_checkout_can_be_read_and_its_locks_exist(tmp_path: Path) -> None:
    for entry in read_allowed(ALLOWED):
        assert len(entry.reason.split()) > 3

    assert all(lock.exists() for lock in LOCKS)
    wrong = tmp_path / "allowed.toml"
    wrong.write_text('[[allowed]]\nid = "x"\npackage = "y"\nreason = ""\nuntil = 2026-01-01\n')
    with pytest.raises(ValueError, match="needs a reason"):
        read_allowed(wrong)
