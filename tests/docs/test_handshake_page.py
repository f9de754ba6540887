"""The page on the handshake has a row for every mutation, and each row says what is so."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.queries.audit_actions import AUDIT_ACTIONS
from graphql_schema.schema import schema
from tests.docs.handshake_table import ROWS, rows
from tests.graphql_schema.mutations.every import CHANGES

NONE = "–"
OUTBOXES = ("invitations", "mails", "sign_in_links")
MAILS = {"invitations": "invitation", "mails": r"confirmed|access ended"}
BY_THE_PERSON = re.compile("anybody|the person, signed in|who holds ")
SERVED: Any = schema._schema.mutation_type


def scope_of(mutation: str) -> str | None:
    """The scope that the schema says a mutation needs."""
    field = SERVED.fields[mutation]
    for directive in field.extensions["strawberry-definition"].directives:
        scope = getattr(directive, "scope", None)
        if scope is not None:
            return str(scope.value)
    return None


def test_each_mutation_has_one_row_and_no_other_has_any() -> None:
    assert len(rows()) == len(ROWS)
    assert ROWS.keys() == SERVED.fields.keys()


@pytest.mark.parametrize("mutation", sorted(ROWS))
def test_who_may_is_who_is_let_in(mutation: str) -> None:
    row, scope = ROWS[mutation], scope_of(mutation)

    if scope is None:
        assert BY_THE_PERSON.match(row.who), row.who
    else:
        assert re.match(rf"{scope}\b", row.who), (row.who, scope)


@pytest.mark.parametrize("mutation", sorted(ROWS))
def test_its_events_are_in_the_catalogue_and_are_those_it_leaves(mutation: str) -> None:
    row = ROWS[mutation]
    left = {event for change in CHANGES if change.mutation == mutation for event in change.events}

    assert row.history <= AUDIT_ACTIONS.keys()
    assert row.states
    if left:  # what no scenario of the matrix does, other tests prove
        assert left == row.history


@pytest.mark.parametrize("mutation", sorted(ROWS))
def test_its_mail_is_what_it_queues(mutation: str) -> None:
    row = ROWS[mutation]
    queued = {
        outbox
        for change in CHANGES
        if change.mutation == mutation
        for outbox in OUTBOXES
        if "+" in change.rows.get(outbox, "")
    }

    for outbox in queued:
        assert re.search(MAILS[outbox], row.mail), (outbox, row.mail)
    if row.mail == NONE:
        assert queued == set()


def test_a_row_is_read_cell_by_cell() -> None:
    row = ROWS["confirmMember"]

    assert row.who == "MEMBERS_CONFIRM"
    assert row.history == {"member.confirmed", "member.key_wrapped"}
    assert row.mail == "confirmed, not with a REWRAP"
    assert ROWS["bulkConfirmMembers"].states == row.states
    assert (row.after("ACCEPTED", "ACCEPTED"), row.after("STAGED", "STAGED")) == ("CONFIRMED", None)
