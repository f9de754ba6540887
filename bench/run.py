"""`make bench`: a server on this machine under load, beside what its database allows bare.

Starts a server of its own with an embedded database in a temporary folder, drives it with the SCIM
load generator, then runs the same statements by a bare asyncpg loop on the same database, and
prints both with their ratio. Everything happens on loopback and ends by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import uvloop

from api.embedded_database import EmbeddedDatabase
from bench.reference import measure
from bench.report import Row, table
from bench.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.reference import Measured

ROOT = Path(__file__).resolve().parent.parent
OPS = "get,filter,filter-miss,patch-active,page-first,page-deep"
GROUPS = "group-add:10,group-add:1000,group-add:10000"


def main() -> int:
    """Run what was asked for and print the table."""
    options = _options()
    generator = Path(options.generator)
    if not generator.is_file():
        print(
            f"The SCIM load generator is not at {generator}; give its path by --generator.",
            file=sys.stderr,
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as folder, _traversable(folder):
        data = Path(folder) / "data"
        with serving(data, workers=options.workers) as server:
            rows = _load(generator, server.base_url, server.api_key, options, Path(folder))
            database = EmbeddedDatabase(data)
            addresses = database.start()
            try:
                reference = uvloop.run(_measure(addresses.server_url, server, options))
            finally:
                database.release()
    report = table(rows, reference, _machine(options))
    print(report)
    if options.out:
        Path(options.out).write_text(report, encoding="utf-8")
    return 1 if any(row.errors for row in rows) else 0


async def _measure(url: str, server: Any, options: argparse.Namespace) -> dict[Any, Measured]:
    return await measure(url, UUID(server.organization_id), options.duration, options.repeat)


def _load(
    generator: Path, base_url: str, api_key: str, options: argparse.Namespace, folder: Path
) -> list[Row]:
    """Seed and drive the server; one row for each operation and number of connections."""
    out = folder / "results.jsonl"
    operations = f"{OPS},{GROUPS},create"
    if options.users > 100_000:
        operations = f"{OPS},{GROUPS},group-add:100000,create"
    command = [
        sys.executable,
        str(generator),
        *("--base", base_url, "--token", api_key, "--name", "rollcall"),
        *("--users", str(options.users), "--state", str(folder / "state.json")),
        *("--conc", "1,16", "--duration", str(options.duration)),
        *("--repeat", str(options.repeat), "--out", str(out), "--seed-budget", "900"),
    ]
    subprocess.run([*command, "--ops", operations], check=True)
    subprocess.run([*command, "--ops", "race-members:160,race-username:16"], check=True)
    results = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return [Row.of(result) for result in results]


def _machine(options: argparse.Namespace) -> str:
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    return (
        f"{options.users:,} members · {options.workers} worker(s) · {os.cpu_count()} cores ·"
        f" Python {platform.python_version()} · load average at the end {load} ·"
        f" {options.repeat} × {options.duration} s each"
    )


@contextmanager
def _traversable(folder: str) -> Iterator[None]:
    """Let the database's own user get into the temporary folder, when root runs this."""
    Path(folder).chmod(0o711)
    yield


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=50_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--duration", type=float, default=2.0)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--generator", default=str(ROOT.parent / "shared/bench/scimbench.py"))
    parser.add_argument("--out", default="")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
