"""Secrets and their hashes are compared in constant time, and at one place."""

import ast

from tests.architecture.source_files import PACKAGES, python_files, syntax

# Names of what only its holder may know, and of what is kept of it.
SECRET = {"secret", "secret_hash", "token_hash", "hashed"}


def name_of(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case _:
            return ""


def test_no_secret_is_compared_by_equality() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name in python_files(*PACKAGES)
        for node in ast.walk(syntax(name))
        if isinstance(node, ast.Compare)
        and any(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops)
        and any(name_of(each) in SECRET for each in (node.left, *node.comparators))
    ]

    assert found == []


def test_presented_secrets_are_compared_at_one_place() -> None:
    using = {
        name
        for name in python_files(*PACKAGES)
        for node in ast.walk(syntax(name))
        if isinstance(node, ast.Name) and node.id == "compare_digest"
    }

    assert using == {"api/oidc/flow.py", "domain/secrets.py"}
