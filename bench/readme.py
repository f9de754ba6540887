"""Puts the figures of a run into their pages, between the marks that enclose them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.part import Report

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "bench/README.md"
PERFORMANCE = ROOT / "docs/performance.md"
PICTURES = ROOT / "docs/pictures"
END = "<!-- end of figures -->"


def mark(part: str) -> str:
    """What stands before the figures of a part."""
    return f'<!-- figures: written by `make bench ARGS="{part} --record"` -->'


def with_figures(text: str, report: str, part: str) -> str:
    """The text with this report in place of what stands between the part's mark and the next end.

    Raises ValueError when the marks are not there.
    """
    before, begin, rest = text.partition(mark(part))
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the marks around the figures of {part} are missing")
    return f"{before}{begin}\n\n{report.strip()}\n\n{END}{after}"


def page_of(part: str) -> Path:
    """The page that has a place for the part. Raises ValueError when none has."""
    for page in (README, PERFORMANCE):
        if page.is_file() and mark(part) in page.read_text(encoding="utf-8"):
            return page
    raise ValueError(f"no page has a place for the figures of {part}")


def record(part: str, report: Report) -> None:
    """Writes the figures into their page, and the pictures beside the others."""
    page = page_of(part)
    text = with_figures(page.read_text(encoding="utf-8"), report.text, part)
    page.write_text(text, encoding="utf-8")
    for name, picture in report.pictures.items():
        (PICTURES / name).write_text(picture, encoding="utf-8")
