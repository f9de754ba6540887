"""Clients of the last release keep working; the check itself finds what would break them."""

import subprocess
from pathlib import Path

import pytest

from tests.graphql_schema.evolution import (
    BASELINE,
    ROOT,
    SCHEMA,
    changes,
    released_schema,
    report,
    served_schema,
)

RELEASED = """
type Query {
  member(id: ID!, asOf: String): Member
  old: Old @deprecated(reason: "use member")
}
type Member { id: ID! label: String, nick: String @deprecated(reason: "use name"), role: Role! }
type Old { id: ID! }
enum Role { OWNER USER, GUEST @deprecated(reason: "is USER") }
type Mutation {
  change(input: ChangeInput!, dry: Boolean @deprecated(reason: "is ignored")): Member
}
input ChangeInput { id: ID! name: String, nick: String @deprecated(reason: "use name") }
"""


def test_clients_of_the_last_release_keep_working() -> None:
    text, since = released_schema()
    found = changes(text, served_schema())

    assert not found.breaking, report(found, since)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("label: String, nick", "nick", "Field Member.label was removed."),
        (
            "asOf: String",
            "asOf: String!",
            "Argument Query.member(asOf:) has changed type from String to String!.",
        ),
        (
            "asOf: String",
            "asOf: String, by: ID!",
            "A required argument Query.member(by:) was added.",
        ),
        ("(id: ID!, asOf: String)", "(id: ID!)", "Argument Query.member(asOf:) was removed."),
        ("OWNER USER", "OWNER", "Enum value Role.USER was removed."),
        ("role: Role!", "role: Role", "Field Member.role changed type from Role! to Role."),
        (
            "{ id: ID! name: String",
            "{ id: ID! why: ID! name: String",
            "A required field ChangeInput.why was added.",
        ),
        ("type Mutation {", "type Mutations {", "Mutation was removed."),
    ],
)
def test_what_breaks_clients_is_found(old: str, new: str, said: str) -> None:
    assert old in RELEASED

    found = changes(RELEASED, RELEASED.replace(old, new))

    assert found.breaking == [said]
    assert f"breaks clients: {said}" in report(found, "v1")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('\n  old: Old @deprecated(reason: "use member")', ""),
        (', nick: String @deprecated(reason: "use name"), role', ", role"),
        (', GUEST @deprecated(reason: "is USER")', ""),
        (', dry: Boolean @deprecated(reason: "is ignored")', ""),
        (', nick: String @deprecated(reason: "use name") }', " }"),
    ],
)
def test_what_was_deprecated_may_go(old: str, new: str) -> None:
    assert old in RELEASED
    current = RELEASED.replace(old, new)
    if "old: Old" in old:
        current = current.replace("type Old { id: ID! }", "")

    assert changes(RELEASED, current).breaking == []
    # Had it not been deprecated, it would have to stay.
    kept = RELEASED.replace(old, old.partition(" @deprecated")[0] + old.partition(")")[2])
    assert changes(kept, current).breaking != []


def test_what_may_surprise_is_told_and_passes() -> None:
    found = changes(RELEASED, RELEASED.replace("OWNER USER", "OWNER USER AUDITOR"))

    assert found.breaking == []
    assert found.dangerous == ["Enum value Role.AUDITOR was added."]
    assert "may surprise" in report(found, "v1")


def test_additions_are_no_change_to_speak_of() -> None:
    found = changes(RELEASED, RELEASED.replace("type Old {", "type Old { more: Int"))

    assert (found.breaking, found.dangerous) == ([], [])
    assert report(found, "v1") == "Compared with v1:\n  nothing to say."


def test_the_last_release_is_that_of_the_newest_tag(tmp_path: Path) -> None:
    baseline = tmp_path / "released.graphql"
    baseline.write_text("baseline")

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    assert released_schema(tmp_path, baseline) == ("baseline", "released.graphql")
    git("init")
    (tmp_path / SCHEMA).parent.mkdir()
    for version in ("v0.9.0", "v0.10.0"):
        (tmp_path / SCHEMA).write_text(version)
        git("add", ".")
        git("commit", "-m", version)
        if version == "v0.9.0":
            assert released_schema(tmp_path, baseline) == ("baseline", "released.graphql")
        git("tag", version)
    (tmp_path / SCHEMA).write_text("not released yet")

    assert released_schema(tmp_path, baseline) == ("v0.10.0", "v0.10.0")


def test_the_baseline_is_a_file_of_the_repository() -> None:
    assert BASELINE.is_relative_to(ROOT)
    assert BASELINE.read_text("utf-8").startswith('"""')
