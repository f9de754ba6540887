"""What is installed is locked, comes from wherever the machine gets packages, and has a reason."""

import json
import re
import tomllib

import pytest

from tests.architecture.source_files import REPOSITORY

LOCKS = ("runtime.txt", "dev.txt", "setup.txt", "node.txt")
CONSOLE = REPOSITORY / "web-client"
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]


def plain(requirement: str) -> str:
    """The normalized name of a requirement such as `gql[httpx]>=4.4`."""
    match = re.match(r"[\w.-]+", requirement)
    assert match is not None
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def version(requirement: str) -> str:
    """The version in `gql[httpx]==4.4.0 --hash=…`; not every lock needs the same extras."""
    return requirement.split(maxsplit=1)[0].partition("==")[2]


def locked(name: str) -> dict[str, str]:
    """Each requirement of a lock file with its lines joined."""
    joined = (REPOSITORY / "locks" / name).read_text("utf-8").replace("\\\n", " ")
    return {plain(line): line for line in joined.splitlines() if line.strip()}


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_host_and_every_hash(name: str) -> None:
    text = (REPOSITORY / "locks" / name).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(index|extra-index|find-links|trusted)", text, re.MULTILINE)

    for requirement in locked(name).values():
        assert "==" in requirement, requirement
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", requirement), requirement


def test_locks_agree_and_hold_every_dependency() -> None:
    runtime, development = locked("runtime.txt"), locked("dev.txt")

    assert {plain(name) for name in PROJECT["dependencies"]} <= set(runtime)
    extra = PROJECT["optional-dependencies"]["dev"]
    assert {plain(name) for name in extra} <= set(development)
    assert set(runtime) <= set(development)
    for lock in (runtime, locked("setup.txt")):
        for name, requirement in lock.items():
            if name in development:
                assert version(requirement) == version(development[name])


def test_every_dependency_has_a_reason() -> None:
    document = (REPOSITORY / "docs" / "dependencies.md").read_text("utf-8")
    reasons = dict(re.findall(r"^\| ([@\w./-]+) \| (.+) \|$", document, re.MULTILINE))
    reasons.pop("package")

    files = [REPOSITORY / "locks" / name for name in ("setup.in", "node.in")]
    setup = [line for file in files for line in file.read_text("utf-8").split()]
    declared = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"], *setup]
    console = json.loads((CONSOLE / "package.json").read_text("utf-8"))
    packages = {**console["dependencies"], **console["devDependencies"]}

    assert set(reasons) == {plain(requirement) for requirement in declared} | set(packages)
    assert all(len(reason.split()) > 3 for reason in reasons.values())


def test_console_is_locked_to_exact_versions_and_no_address() -> None:
    console = json.loads((CONSOLE / "package.json").read_text("utf-8"))
    lock = json.loads((CONSOLE / "package-lock.json").read_text("utf-8"))["packages"]

    for name, version in {**console["dependencies"], **console["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert lock[f"node_modules/{name}"]["version"] == version
    for name, entry in lock.items():
        assert "resolved" not in entry, name
        assert not name or entry["integrity"].startswith("sha512-"), name
