"""One place commits: transactions are opened and ended by the application and the store alone."""

import ast
import re

import pytest

from tests.architecture.source_files import PACKAGES, python_files, syntax

ALLOWED = ("domain/application.py", "domain/store/", "domain/migrations/")
METHODS = {"transaction", "commit", "rollback", "begin", "begin_nested"}
STATEMENT = re.compile(r"\s*(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT)\b(?!.*[.,])")


def transaction_control(tree: ast.Module) -> list[int]:
    """The lines that begin or end a transaction."""
    return [getattr(node, "lineno", 0) for node in ast.walk(tree) if _controls(node)]


def _controls(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=method)):
            return method in METHODS
        case ast.Constant(value=str(text)):
            return STATEMENT.match(text.partition(";")[0]) is not None
        case _:
            return False


def others() -> list[str]:
    return [name for name in python_files(*PACKAGES) if not name.startswith(ALLOWED)]


def test_nothing_else_controls_a_transaction() -> None:
    found = {name: transaction_control(syntax(name)) for name in others()}

    assert len(found) > 200
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("connection.transaction()", True),
        ("session.commit()", True),
        ("connection.execute('COMMIT')", True),
        ("connection.execute('BEGIN; SELECT 1')", True),
        ("connection.execute('SELECT 1')", False),
        ("word = 'Beginning'", False),
    ],
)
def test_the_check_itself(source: str, found: bool) -> None:
    assert bool(transaction_control(ast.parse(source))) is found
