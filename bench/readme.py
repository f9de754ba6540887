"""Puts the figures of a run into bench/README.md, between the marks that enclose them."""

from __future__ import annotations

from pathlib import Path

README = Path(__file__).resolve().parent / "README.md"
BEGIN = '<!-- figures: written by `make bench ARGS="--record"` -->'
END = "<!-- end of figures -->"


def with_figures(text: str, report: str) -> str:
    """The text with this report in place of what stands between the marks.

    Raises ValueError when the marks are not there.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the marks around the figures are missing")
    return f"{before}{BEGIN}\n\n{report.strip()}\n\n{END}{after}"


def record(report: str) -> None:
    """Writes them into the README."""
    README.write_text(with_figures(README.read_text(encoding="utf-8"), report), encoding="utf-8")
