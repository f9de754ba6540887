"""The table: ours beside the reference and the peers, with what a peer could not do."""

import subprocess
import sys

import pytest

from bench.load import Load
from bench.readme import END, README, mark, with_figures
from bench.reference import Measured
from bench.report import PeerResult, Row, table

OURS = [
    Row("get", 16, 1000, 900, 1100, 1.234, 5.678),
    Row("group-add:10000", 1, 400, 390, 410, 2, 3),
    Row("race-members:160", race="160 acknowledged, 0 lost"),
]
REFERENCE = {("get", 16): Measured(4000, 3900, 4100, 0.2)}


def test_without_peers() -> None:
    assert table(OURS, REFERENCE, "here").splitlines() == [
        "here",
        "",
        "| operation | clients | requests/s | p50 ms | p99 ms | bare, 1/s | ratio | errors |",
        "|---|---|---|---|---|---|---|---|",
        "| get | 16 | 1,000 (900–1,100) | 1.23 | 5.68 | 4,000 | 0.25 | – |",
        "| group-add:10000 | 1 | 400 (390–410) | 2.00 | 3.00 | – | – | – |",
        "",
        "- `race-members:160`: 160 acknowledged, 0 lost",
    ]


def test_peers_stand_beside_and_an_absent_one_below() -> None:
    fast = PeerResult(
        "fast 1",
        (
            Row("get", 16, 2000, p50_ms=0.5, errors=3),
            Row.failed("group-add:10000", 1, "over 20 s"),
            Row.failed("race-members:160", 1, "over 20 s"),
        ),
    )
    slow = PeerResult("slow 2", (Row("get", 16, 250, p50_ms=1234), Row("group-add:10000", 1, 2.51)))
    absent = PeerResult("absent 3", unavailable="It is not here.")

    lines = table(OURS, REFERENCE, "here", [fast, slow, absent]).splitlines()

    assert lines[2].endswith(
        "| errors | fast 1, 1/s · p50 ms | slow 2, 1/s · p50 ms | to the best peer |"
    )
    assert lines[4].endswith("| – | 2,000 · 0.50 (3 errors) | 250 · 1,234 | 4.0 |")
    assert lines[5].endswith("| – | – (over 20 s) | 2.5 · 0.00 | 159.4 |")
    assert lines[7:] == [
        "- `race-members:160`: 160 acknowledged, 0 lost; fast 1: over 20 s; slow 2: not done",
        "- absent 3 is not in the table. It is not here.",
    ]


def test_a_row_of_errors_alone_is_a_failure() -> None:
    result = {"op": "get", "conc": 16, "rps": 0.0, "rps_min": 0.0, "rps_max": 0.0}
    result |= {"p50_ms": None, "p99_ms": None, "errors": {"501": 20, "TimeoutError": 1}}

    row = Row.of(result)

    assert row == Row("get", 16, errors=21, failure="every answer an error: 501, TimeoutError")


def test_what_is_asked_follows_the_number_of_members() -> None:
    def load(users: int, duration: float) -> Load:
        return Load(README, users=users, duration=duration, repeat=3)

    assert load(10_000, 2.0).group_sizes == (10, 1000)
    assert load(100_001, 2.0).group_sizes == (10, 1000, 10_000, 100_000)
    assert load(10, 2.0).operations[-2:] == ("page-deep", "create")
    assert load(10, 2.0).limit_s == 20
    assert load(10, 5.0).limit_s == 30.5


def test_figures_go_between_the_marks() -> None:
    begin = mark("scim")
    text = f"before\n{begin}\nold\n{END}\nafter\n"

    assert with_figures(text, "new\n", "scim") == f"before\n{begin}\n\nnew\n\n{END}\nafter\n"
    with pytest.raises(ValueError, match="marks"):
        with_figures("no marks", "new", "scim")
    assert with_figures(README.read_text("utf-8"), "new", "scim") != README.read_text("utf-8")


def test_the_program_starts_as_make_starts_it() -> None:
    """As a script its own folder comes first on the path: a file there may hide a package."""
    program = README.parent / "run.py"

    done = subprocess.run(
        [sys.executable, str(program), "--help"],
        cwd=program.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "--all" in done.stdout
