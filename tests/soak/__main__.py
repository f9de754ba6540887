"""`make soak`: every scenario, one after the other; the exit code says whether all held."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
import sys
import traceback
from time import monotonic

from tests.soak.catalogue import SCENARIOS
from tests.soak.report import Report
from tests.support import database
from tests.support.network import LocalLoop, forbid_other_machines


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("scenario", nargs="*", help="all when not given")
    parser.add_argument("--seconds", type=float, default=600, help="of the fault checker, each run")
    parser.add_argument("--runs", type=int, default=1, help="of the fault checker")
    parser.add_argument("--seed", help="drawn and printed when not given")
    given = parser.parse_args()
    # However it is ended, it ends what it started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seed = given.seed or secrets.token_hex(4)
    forbid_other_machines()
    database.open_run()
    planned = [
        (name, f"{seed}-{run}" if run else seed)
        for name in given.scenario or SCENARIOS
        for run in range(given.runs if name == "kills" else 1)
    ]
    try:
        # Scenarios run in a loop of their own, from which the cluster could not be made.
        with database.running_cluster():
            failed = [name for name, drawn in planned if not _run(name, drawn, given.seconds)]
    finally:
        database.close_run()
    sys.stdout.write(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'all held'}\n")
    return 1 if failed else 0


def _run(name: str, seed: str, seconds: float) -> bool:
    report = Report(name)
    began = monotonic()
    sys.stdout.write(f"\n{name} (--seed {seed} --seconds {seconds:g})\n")
    sys.stdout.flush()
    try:
        with asyncio.Runner(loop_factory=LocalLoop) as runner:
            runner.run(SCENARIOS[name](report, seed, seconds))
    except Exception as error:  # noqa: BLE001 the other scenarios shall run
        traceback.print_exc()
        report.wrong([f"it broke off: {error!r}"])
    held = not report.problems
    report.note(f"{'held' if held else 'DID NOT HOLD'} after {monotonic() - began:.0f} s")
    return held


if __name__ == "__main__":
    sys.exit(main())
