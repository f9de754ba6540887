"""Puts the figures of a run into bench/README.md, between the marks that enclose them."""

from __future__ import annotations

from pathlib import Path

README = Path(__file__).resolve().parent / "README.md"
BEGIN = '<!-- figures: written by `make bench ARGS="--record"` -->'
GRAPHQL = '<!-- figures: written by `make bench ARGS="--graphql --record"` -->'
END = "<!-- end of figures -->"


def with_figures(text: str, report: str, mark: str = BEGIN) -> str:
    """The text with this report in place of what stands between the mark and the next end.

    Raises ValueError when the marks are not there.
    """
    before, begin, rest = text.partition(mark)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the marks around the figures are missing")
    return f"{before}{mark}\n\n{report.strip()}\n\n{END}{after}"


def record(report: str, mark: str = BEGIN) -> None:
    """Writes them into the README."""
    text = README.read_text(encoding="utf-8")
    README.write_text(with_figures(text, report, mark), encoding="utf-8")
