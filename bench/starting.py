"""How long it takes from the command until the server answers: the first time, and ever after.

The first time an empty folder becomes a database with all its tables. Later the database is started
on what is there. Beside it, an application of next to nothing on the same HTTP server.
"""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from bench.machine import Conditions
from bench.part import Report, Wanted, figure, median, table
from bench.server import serving_alone, serving_next_to_nothing

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

TIMES = 5
SOON_S = 0.005


def started_s(starting: AbstractContextManager[object]) -> float:
    """Seconds until it is entered; it is left at once."""
    begun = time.perf_counter()
    with starting:
        return time.perf_counter() - begun


def run(folder: Path, wanted: Wanted) -> Report:
    """Each start five times, or a share."""
    conditions = Conditions()
    times = wanted.number(TIMES, least=2)
    data = folder / "data"
    first, later = [], []
    for _ in range(times):
        first.append(started_s(serving_alone(data, pause_s=SOON_S)))
        later.append(started_s(serving_alone(data, pause_s=SOON_S)))
        shutil.rmtree(data)
    bare = [started_s(serving_next_to_nothing(pause_s=SOON_S)) for _ in range(times)]
    rows = [
        [name, *(figure(each(values)) for each in (min, median, max))]
        for name, values in (
            ("with an empty folder", first),
            ("with its database", later),
            ("bare ASGI", bare),
        )
    ]
    said = conditions.text(f"{times} times each")
    return Report(
        "\n".join([said, "", *table(["start", "least s", "median s", "most s"], rows)]) + "\n"
    )
