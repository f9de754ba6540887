"""How long the pages of the console take in a large organization: `python bench/console.py`.

A real server with its embedded database is filled with crowd.sql, and a real Chromium opens each
page again and again, as a person who is at another page and follows a link.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.crowd import Size, fill_with
from bench.machine import Conditions
from bench.part import table
from bench.server import serving_with_database

ROOT = Path(__file__).parents[1]
PAGES = Path(__file__).with_name("console_pages.mjs")


def run(folder: Path, size: Size, times: int) -> str:
    """The table of a run in a folder of its own."""
    conditions = Conditions()
    with serving_with_database(folder) as (served, addresses):
        uvloop.run(fill_with(addresses.owner_url, served.organization_id, size))
        done = subprocess.run(
            ["node", PAGES, served.url, str(times)],
            env=os.environ | {"ACCESS_TOKEN": served.access_token},
            cwd=ROOT / "web-client",
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    said = conditions.text(
        f"{size.members:,} members, {size.groups:,} groups, {size.events:,} events and"
        f" {size.requests:,} requests",
        f"{times} times each",
        "browser, server and database on one machine",
    )
    rows = [
        [page["name"], f"{page['p50']:.0f}", f"{page['slowest']:.0f}", str(page["asked"])]
        for page in json.loads(done.stdout)
    ]
    heads = ["page", "p50 ms", "slowest ms", "requests to GraphQL"]
    return "\n".join([said, "", *table(heads, rows)]) + "\n"


def main() -> None:
    """Read the options and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--members", type=int, default=100_000)
    options.add_argument("--times", type=int, default=10)
    given = options.parse_args()
    size = Size().part(given.members / Size().members)
    subprocess.run(["sh", "scripts/console.sh", "build"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as folder:
        path = Path(folder)
        path.chmod(0o711)
        print(run(path, size, given.times))


if __name__ == "__main__":
    main()
