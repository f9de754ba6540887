"""The tables of what mutations can answer name every mutation and every code, and no other."""

from __future__ import annotations

from pathlib import Path

from graphql_schema.checks import price_list
from graphql_schema.enums import UserErrorCode
from graphql_schema.schema import schema
from tests.graphql_schema.mutation_errors import ERRORS, PROVEN_ELSEWHERE, RESULT_ERRORS, UNUSED

SERVED = set(price_list(schema).fields["Mutation"])
BULK = {name for name in SERVED if name.startswith("bulk")} | {"inviteStagedMembers"}


def test_every_mutation_of_the_schema_is_in_the_table() -> None:
    assert set(ERRORS) == SERVED
    assert set(RESULT_ERRORS) == BULK


def test_the_tables_speak_of_codes_that_exist_and_of_all() -> None:
    said = frozenset().union(*ERRORS.values(), *RESULT_ERRORS.values())

    assert said | UNUSED == {code.value for code in UserErrorCode}
    assert not said & UNUSED


def test_what_is_proven_elsewhere_is_named_there() -> None:
    for mutation, file in PROVEN_ELSEWHERE.items():
        text = (Path(__file__).parent / file).read_text()
        assert all(code in text for code in ERRORS[mutation]), mutation
        assert mutation in text
