"""The measurement of the admin API: its table, and a very small run of it."""

import tempfile
from pathlib import Path

from bench.admin_api import LISTS, Pages, Work, run, tables
from bench.crowd import Size, statements
from bench.readme import END, README, mark, with_figures

WORK = [Work("page", 400, 2.5, 3.25), Work("rows", 1_000, 0.5, 0.75)]
PAGES = [Pages("members", 4, 5.06, 6), Pages("members, no such name", 3, 4, None)]


def test_the_table() -> None:
    assert tables(WORK, PAGES, "here").splitlines() == [
        "here",
        "",
        "| one client | requests/s | CPU ms | p50 ms | our CPU to it |",
        "|---|---|---|---|---|",
        "| page | 400 | 2.50 | 3.25 | 1.0 |",
        "| rows | 1,000 | 0.50 | 0.75 | 5.0 |",
        "",
        "| pages of 100, p50 ms | first | last | before it |",
        "|---|---|---|---|",
        "| members | 4.0 | 5.1 | 6.0 |",
        "| members, no such name | 3.0 | 4.0 | – |",
    ]


def test_its_place_in_the_page_is_its_own() -> None:
    text = README.read_text(encoding="utf-8")
    scim, graphql = mark("scim"), mark("graphql")

    assert text.count(scim) == text.count(graphql) == 1
    assert with_figures(f"{graphql}old{END}, {scim}kept{END}", "new", "graphql") == (
        f"{graphql}\n\nnew\n\n{END}, {scim}kept{END}"
    )


def test_every_kind_of_rows_is_made() -> None:
    assert {kind for kind, _ in statements()} == set(Size.__dataclass_fields__)
    assert Size().part(0.01) == Size(1_000, 50, 10_000, 10_000, 20)


def test_a_very_small_run() -> None:
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the database may run as another user, who must get in
        report = run(folder, Size().part(0.003), times=2)

    lines = report.text.splitlines()
    assert lines[0].startswith("300 members, 15 groups, 3,000 events and 3,000 requests")
    names = [line.split(" | ")[0][2:] for line in lines[-len(LISTS) :]]
    assert names == [each[0] for each in LISTS]
