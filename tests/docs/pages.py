"""Reads the documentation: its pages, their links and headings, their tables and fenced blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
INDEX = DOCS / "index.md"
FRONT = tuple(
    ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
)

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (?P<text>.+)$", re.MULTILINE)
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: the words behind the fence, its text and its first line in the page."""

    info: tuple[str, ...]
    text: str
    line: int


def pages() -> list[Path]:
    """Every page of the documentation, and those in front of it."""
    return [*sorted(DOCS.rglob("*.md")), *(page for page in FRONT if page.exists())]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page in their order."""
    text = page.read_text()
    return [
        Block(
            tuple(match["info"].split()),
            match["text"],
            text.count("\n", 0, match.start("text")) + 1,
        )
        for match in _FENCE.finditer(text)
    ]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", page.read_text())


def links(page: Path) -> list[str]:
    """The targets of all links of a page."""
    return [match["target"] for match in _LINK.finditer(_CODE.sub("", prose(page)))]


def anchors(page: Path) -> set[str]:
    """The names under which the headings of a page can be linked to."""
    return {_anchor(match["text"]) for match in _HEADING.finditer(prose(page))}


def table(page: Path, first_heading: str) -> list[list[str]]:
    """The rows of the page's table whose first column has that heading, cells stripped."""
    lines = iter(page.read_text().splitlines())
    for line in lines:
        if _cells(line)[:1] == [first_heading]:
            next(lines)
            return list(_rows(lines))
    raise LookupError(f"{page.name} has no table with the column {first_heading!r}")


def _rows(lines: Iterator[str]) -> Iterator[list[str]]:
    for line in lines:
        if not line.startswith("|"):
            return
        yield _cells(line)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELL.split(line)[1:-1]] if line.startswith("|") else []


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return kept.replace(" ", "-")
