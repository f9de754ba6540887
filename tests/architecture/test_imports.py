"""What import-linter's contracts cannot say about imports."""

import ast

import pytest

from tests.architecture.source_files import PACKAGES, python_files, syntax


def imported(name: str) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(syntax(name)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = name.split("/")[: -node.level] if node.level else []
            modules.add(".".join([*package, *filter(None, [node.module])]))
    return modules


@pytest.mark.parametrize("name", python_files("scim_facade/protocol"))
def test_protocol_imports_nothing_else_of_ours(name: str) -> None:
    ours = {module for module in imported(name) if module.split(".")[0] in PACKAGES}

    assert {module for module in ours if not module.startswith("scim_facade.protocol")} == set()


@pytest.mark.parametrize("name", python_files("domain"))
def test_domain_knows_no_protocol(name: str) -> None:
    roots = {module.split(".")[0] for module in imported(name)}

    assert roots & {"fastapi", "starlette", "strawberry", "graphql", "uvicorn", "httpx"} == set()


@pytest.mark.parametrize("name", python_files(*PACKAGES))
def test_nothing_imports_its_tests(name: str) -> None:
    assert not {module for module in imported(name) if module.split(".")[0] == "tests"}
