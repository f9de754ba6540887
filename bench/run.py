"""`make bench`: a server on this machine under load, beside what its database allows bare.

Each part starts servers of its own with an embedded database in a temporary folder, and measures
what it is named for beside a reference in the same run: the same statements by a bare asyncpg loop,
or an application of next to nothing. Everything happens on loopback and ends by itself. A part
that fails is told of and costs no other its figures.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from bench import (
    admin_api,
    confirming,
    first_sync,
    growth,
    memory,
    scim,
    starting,
    subscribers,
    turns,
)
from bench.crowd import Size
from bench.load import Load
from bench.part import Report, Wanted
from bench.peers.catalogue import all_peers
from bench.readme import record

if TYPE_CHECKING:
    from collections.abc import Callable

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rollcall-bench"


def main() -> int:
    """Run what was asked for and print it; 1 when a part failed."""
    # However it is ended, it ends its servers.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = _options()
    parts = _parts(options)
    chosen = list(parts) if options.all else options.parts or ["scim"]
    failed = [name for name in chosen if not _run(name, parts[name], options)]
    for name in failed:
        print(f"{name} failed; what it said stands above.", file=sys.stderr)
    return 1 if failed else 0


def _parts(options: argparse.Namespace) -> dict[str, Callable[[Path], Report]]:
    """Every part by its name, in the order in which all of them run."""
    wanted = Wanted(options.share, options.minutes, options.times)
    load = Load(
        Path(options.generator),
        wanted.number(options.users, least=1_000),
        options.duration,
        options.repeat,
        options.row_limit,
    )
    names = _peer_names(options)
    return {
        "scim": lambda folder: scim.run(folder, load, options.workers, names, Path(options.cache)),
        "graphql": lambda folder: admin_api.run(folder, Size().part(wanted.share), wanted.times),
        "confirm": lambda folder: confirming.run(folder, wanted),
        "subscribers": lambda folder: subscribers.run(folder, wanted),
        "row-security": lambda folder: turns.row_security(folder, wanted),
        "tracing": lambda folder: turns.tracing(folder, wanted),
        "first-sync": lambda folder: first_sync.run(folder, wanted),
        "growth": lambda folder: growth.run(folder, wanted),
        "start": lambda folder: starting.run(folder, wanted),
        "memory": lambda folder: memory.run(folder, wanted),
    }


def _run(name: str, part: Callable[[Path], Report], options: argparse.Namespace) -> bool:
    """Whether it came to its end; its figures are printed, and kept where that was asked for."""
    print(f"── {name}", file=sys.stderr)
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as folder:
            report = part(_traversable(Path(folder)))
    except Exception:  # noqa: BLE001 the other parts shall run
        traceback.print_exc()
        return False
    print(report.text)
    print(f"── {name} took {time.monotonic() - begun:.0f} s", file=sys.stderr)
    if options.out:
        with Path(options.out).open("a", encoding="utf-8") as file:
            file.write(f"## {name}\n\n{report.text}\n")
    if options.record:
        record(name, report)
    return True


def _traversable(folder: Path) -> Path:
    """Let the database's own user get into the temporary folder, when root runs this."""
    folder.chmod(0o711)
    return folder


def _peer_names(options: argparse.Namespace) -> list[str]:
    """None unless `--peers` is given, all when it names none."""
    if options.peers is None:
        return []
    return options.peers or [peer.name for peer in all_peers()]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    names = list(_parts(_defaults(parser)))
    given = parser.parse_args()
    unknown = [name for name in given.parts if name not in names]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(names)}")
    return given


def _defaults(parser: argparse.ArgumentParser) -> argparse.Namespace:
    add = parser.add_argument
    add("parts", nargs="*", metavar="PART", help="what to measure: scim, or those named")
    add("--all", action="store_true", help="measure every part, one after the other")
    add("--share", type=float, default=1.0, help="of each part's size and time: 0.01 is a try")
    add("--minutes", type=float, default=60.0, help="of mixed load, for memory")
    add("--users", type=int, default=20_000, help="members, for scim")
    add("--workers", type=int, default=1, help="server processes, for scim")
    add("--duration", type=float, default=2.0, help="seconds of each repeat, for scim")
    add("--repeat", type=int, default=3, help="for scim")
    add("--generator", default=str(scim.GENERATOR), help="the SCIM load generator's file")
    add("--times", type=int, default=200, help="requests of a round, for graphql")
    add("--out", default="", help="a file that the figures are added to")
    add("--record", action="store_true", help="put them into their pages, too")
    add(
        "--peers",
        nargs="*",
        metavar="NAME",
        choices=[peer.name for peer in all_peers()],
        help="measure other SCIM servers too, for scim: all, or those named",
    )
    add("--row-limit", type=float, default=20.0, help="seconds that a row of a peer may take")
    add("--cache", default=str(CACHE), help="a folder for the peers' packages")
    return parser.parse_args([])


if __name__ == "__main__":
    sys.exit(main())
