"""The report of a first sync stands however little was done."""

from __future__ import annotations

import pytest

from bench.first_sync import Measurement, Progress, report_rows
from bench.reference import Measured

BARE = {(name, 16): Measured(100.0, 90.0, 110.0, 1.0) for name in ("filter", "create")}


@pytest.mark.parametrize("pieces", [1, 5, 25])
def test_few_pieces_of_work_have_a_first_and_a_last_part(pieces: int) -> None:
    progress = Progress(0, done=[float(n) for n in range(1, pieces + 1)], memory=[(1.0, 2.0)])

    rows = report_rows(Measurement(progress, progress, progress, progress, {}, BARE))

    assert [row.split(" | ")[3:6] for row in rows[2:]] == [["1", "1", "1"]] * 4
