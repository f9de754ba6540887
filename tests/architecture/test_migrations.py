"""Each step of the schema leaves the version before at work; docs/operate.md promises it."""

from __future__ import annotations

import pytest

from tests.architecture.migration_rules import FIRST_RELEASE, statements_of, steps, troubles

STEPS = steps()


def test_steps_are_numbered_in_a_row() -> None:
    assert list(STEPS) == [f"{number:04}" for number in range(1, len(STEPS) + 1)]
    assert [step.down_revision for step in STEPS.values()] == [None, *list(STEPS)[:-1]]


@pytest.mark.parametrize("revision", [each for each in STEPS if each > FIRST_RELEASE] or ["none"])
def test_a_step_leaves_the_version_before_at_work(revision: str) -> None:
    if revision == "none":  # so far every step is of the first release
        return
    step = STEPS[revision]
    contracts = getattr(step, "contracts", None)

    assert contracts is None or FIRST_RELEASE <= contracts < revision
    assert troubles(statements_of(step.upgrade), contracts=contracts) == []


def test_the_steps_of_the_first_release_are_read_as_sql() -> None:
    found = {revision: troubles(statements_of(step.upgrade)) for revision, step in STEPS.items()}

    assert found["0001"] == []  # all that is made anew is allowed
    assert [line.partition(":")[0][:40] for line in found["0002"]] == [
        "CREATE INDEX members_accepted_idx ON mem"
    ]
    assert found["0008"] == []  # VALIDATE CONSTRAINT holds up nobody


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE members ADD COLUMN note TEXT",
        "ALTER TABLE members ADD COLUMN notes INTEGER DEFAULT '0' NOT NULL",
        "ALTER TABLE members ALTER COLUMN note DROP NOT NULL",
        "ALTER TABLE members ADD CONSTRAINT c CHECK (notes > 0) NOT VALID",
        "ALTER TABLE members VALIDATE CONSTRAINT c",
        "ALTER TABLE members DROP CONSTRAINT c",
        "ALTER TABLE members ADD CONSTRAINT u UNIQUE USING INDEX members_note_idx",
        "CREATE INDEX CONCURRENTLY members_note_idx ON members (note)",
        "DROP INDEX CONCURRENTLY IF EXISTS members_note_idx",
        "SET lock_timeout = 0",
    ],
)
def test_what_the_version_before_survives(statement: str) -> None:
    assert troubles([statement]) == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE members RENAME COLUMN note TO notes",
        "ALTER TABLE members RENAME TO people",
        "ALTER TABLE members ALTER COLUMN note TYPE BIGINT",
        "ALTER TABLE members ADD COLUMN note TEXT NOT NULL",
        "ALTER TABLE members ADD COLUMN note UUID DEFAULT gen_random_uuid() NOT NULL",
        "ALTER TABLE members ADD COLUMN note TEXT GENERATED ALWAYS AS (lower(name)) STORED",
        "ALTER TABLE members ADD CONSTRAINT c CHECK (notes > 0)",
        "ALTER TABLE members ADD CONSTRAINT f FOREIGN KEY(account_id) REFERENCES accounts (id)",
        "ALTER TABLE members ADD CONSTRAINT u UNIQUE (note)",
        "CREATE UNIQUE INDEX members_note_idx ON members (note)",
        "DROP INDEX members_note_idx",
        "UPDATE members SET note = ''",
        "DELETE FROM members WHERE note IS NULL",
        "LOCK TABLE members",
    ],
)
def test_what_the_version_before_does_not_survive(statement: str) -> None:
    assert len(troubles([statement])) == 1


def test_a_table_that_the_same_step_makes_is_nobodys_yet() -> None:
    made = "CREATE TABLE members (id uuid NOT NULL)"

    assert troubles([made, "CREATE UNIQUE INDEX members_note_idx ON members (note)"]) == []
    assert troubles([made, "ALTER TABLE members ADD CONSTRAINT u UNIQUE (note)"]) == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE members DROP COLUMN note",
        "DROP TABLE notes",
        "ALTER TABLE members ALTER COLUMN note SET NOT NULL",
    ],
)
def test_what_is_taken_away_says_since_when_nothing_needs_it(statement: str) -> None:
    assert len(troubles([statement])) == 1
    assert troubles([statement], contracts="0011") == []
