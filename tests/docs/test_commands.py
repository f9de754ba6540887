"""Commands, options, targets of make and variables that the pages name are there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from typer.main import get_command

from api.cli import app
from api.settings import Settings, variable
from tests.docs.pages import ROOT, blocks, pages, prose

PAGES = [page for page in pages() if page.parent.name != "graphql"]
READERS = ("api", "scripts", "docs/guides/scripts", "tests", "web-client/vite.config.ts", "bench")
_SPAN = re.compile(r"`([^`\n]+)`")
_CALL = re.compile(r"(?:^|[\s/`(])rollcall ([a-z-].*)")
_OPTION = re.compile(r"--[a-z][a-z-]+")
# An optional part is written in brackets, and what is to be filled in as an ellipsis.
_END = re.compile(r"\s(?:[|;&>#]|2>).*|[`…)].*")


@cache
def command(*path: str) -> Any:
    """The command of that name."""
    if not path:
        return get_command(app)
    above = command(*path[:-1])
    context = above.make_context("rollcall", [], resilient_parsing=True)
    if path[-1] not in above.list_commands(context):
        raise LookupError
    return above.resolve_command(context, [path[-1]])[1]


def is_group(found: Any) -> bool:
    return hasattr(found, "list_commands")


def options(found: Any) -> set[str]:
    context = found.make_context("rollcall", [], resilient_parsing=True)
    return {
        name
        for parameter in found.get_params(context)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }


@cache
def all_options() -> frozenset[str]:
    def below(*path: str) -> Iterator[str]:
        found = command(*path)
        yield from options(found)
        if is_group(found):
            context = found.make_context("rollcall", [], resilient_parsing=True)
            for name in found.list_commands(context):
                yield from below(*path, name)

    return frozenset(below())


def calls(page: Path) -> Iterator[list[str]]:
    """The words of each call of `rollcall` in a page's code, as far as they can be told."""
    texts = [block.text for block in blocks(page)] + _SPAN.findall(prose(page))
    for text in texts:
        for line in re.sub(r"\\\n(?:>\s)?", " ", text).splitlines():
            if (found := _CALL.search(line)) is not None:
                words = _END.sub("", found[1])
                yield shlex.split(words) if words.count('"') % 2 == 0 else words.split()


def wrong(words: list[str]) -> str | None:
    path: list[str] = []
    while (
        is_group(command(*path)) and len(path) < len(words) and not words[len(path)].startswith("-")
    ):
        try:
            command(*path, words[len(path)])
        except LookupError:
            return f"no command {words[: len(path) + 1]}"
        path.append(words[len(path)])
    known = options(command(*path)) | {"--help"}
    unknown = [
        word.partition("=")[0]
        for word in words[len(path) :]
        if re.match(r"--?[a-z]", word) and word.partition("=")[0] not in known
    ]
    return f"{' '.join(path)} has no {unknown}" if unknown else None


def test_every_call_is_of_a_command_that_has_the_options() -> None:
    named = [(page, words) for page in PAGES for words in calls(page)]

    assert len(named) > 200
    assert {(page.name, fault) for page, words in named if (fault := wrong(words))} == set()


def test_every_option_in_a_sentence_is_one_of_some_command() -> None:
    named = {
        (page.name, option)
        for page in PAGES
        for span in _SPAN.findall(prose(page))
        if span.startswith("-")
        for option in _OPTION.findall(span)
    }

    assert len(named) > 40
    assert {(page, option) for page, option in named if option not in all_options()} == set()


def test_every_target_of_make_is_there() -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text()))
    named = {
        (page.name, target)
        for page in PAGES
        for code in [block.text for block in blocks(page)] + _SPAN.findall(prose(page))
        for target in re.findall(r"(?m)^(?:\S+=\S+ |sudo )*make ([a-z-]+)", code)
    }

    assert len(named) > 15
    assert {(page, target) for page, target in named if target not in targets} == set()


@cache
def read_elsewhere() -> frozenset[str]:
    """Variables that something reads beside the settings: commands of people, tests, benchmarks."""
    return frozenset(
        name
        for place in READERS
        for path in ([ROOT / place] if (ROOT / place).is_file() else (ROOT / place).rglob("*"))
        if path.suffix in {".py", ".sh", ".ts", ""}
        and path.is_file()
        and "node_modules" not in path.parts
        for name in re.findall(r"\bROLLCALL_[A-Z_]+\b", path.read_text("utf-8", "replace"))
    )


def test_every_variable_is_read_by_something() -> None:
    settings = {variable(name) for name in Settings.model_fields}
    named = {
        (page.name, name)
        for page in PAGES
        for name in re.findall(r"\bROLLCALL_[A-Z_]*[A-Z]\b", page.read_text())
    }

    assert len(named) > 100
    assert {
        (page, name)
        for page, name in named
        if name not in settings and name not in read_elsewhere()
    } == set()
