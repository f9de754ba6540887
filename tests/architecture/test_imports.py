"""What import-linter's contracts cannot say about imports."""

import ast
from collections.abc import Callable, Iterable

from tests.architecture.source_files import PACKAGES, python_files, syntax


def root(module: str) -> str:
    return module.partition(".")[0]


def imported(name: str) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(syntax(name)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = name.split("/")[: -node.level] if node.level else []
            modules.add(".".join([*package, *filter(None, [node.module])]))
    return modules


def forbidden(names: Iterable[str], is_forbidden: Callable[[str], bool]) -> dict[str, set[str]]:
    """By file, what it imports and must not."""
    found = {name: set(filter(is_forbidden, imported(name))) for name in names}
    assert len(found) > 10
    return {name: modules for name, modules in found.items() if modules}


def test_protocol_imports_nothing_else_of_ours() -> None:
    def is_forbidden(module: str) -> bool:
        return root(module) in PACKAGES and not module.startswith("scim_facade.protocol")

    assert forbidden(python_files("scim_facade/protocol"), is_forbidden) == {}


def test_domain_knows_no_protocol() -> None:
    protocols = {"fastapi", "starlette", "strawberry", "graphql", "uvicorn", "httpx"}

    assert forbidden(python_files("domain"), lambda module: root(module) in protocols) == {}


def test_nothing_imports_its_tests() -> None:
    assert forbidden(python_files(*PACKAGES), lambda module: root(module) == "tests") == {}


def test_the_check_itself() -> None:
    this = "tests/architecture/test_imports.py"

    assert imported(this) == {"ast", "collections.abc", "tests.architecture.source_files"}
