"""The licences of what is shipped: Python packages as they say, the console's by its lock.

Both as SPDX expressions, made from whatever the package wrote where it wrote none.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "MIT",
        "MIT-0",
        "MPL-2.0",  # of each file alone; none of them is changed here
        "OFL-1.1",  # typefaces
        "PSF-2.0",
        "Unlicense",
    }
)
# What older metadata says, in SPDX's words.
SPDX = {
    "BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
# Where the metadata is poorer than what stands in the package's own licence files.
CORRECTED = {"uvloop": "MIT OR Apache-2.0"}


def python_licences() -> dict[str, str]:
    """Name → SPDX expression of each package that is locked to run and installed here.

    One that is not, for it belongs to another system or Python, is left out.
    """
    found = {}
    for name in locked_to_run():
        try:
            found[name] = _expression(name)
        except PackageNotFoundError:
            continue
    return found


def locked_to_run() -> list[str]:
    """The names in locks/runtime.txt."""
    text = (ROOT / "locks" / "runtime.txt").read_text("utf-8")
    return re.findall(r"^([\w.-]+)(?:\[[\w,.-]+\])?==", text, re.MULTILINE)


def console_licences() -> dict[str, str]:
    """Name → SPDX expression of what can be in the console's files; "none" where none is named."""
    lock = json.loads((ROOT / "web-client" / "package-lock.json").read_text("utf-8"))
    return {
        path.rpartition("node_modules/")[2]: str(entry.get("license", "none"))
        for path, entry in lock["packages"].items()
        if path and not entry.get("dev")
    }


def is_allowed(expression: str) -> bool:
    """Whether every part of an AND, and one part of each OR, is a licence that we take."""
    text = re.sub(r"[\w.+-]+", lambda match: _value(match[0]), expression)
    while (inner := re.sub(r"\(([^()]*)\)", lambda match: _flat(match[1]), text)) != text:
        text = inner
    return _flat(text) == "yes"


def server_table() -> str:
    """Markdown: each package that the server is locked to, in a row."""
    return _table(python_licences())


def console_table() -> str:
    """Markdown: each package of the console, in a row."""
    return _table(console_licences())


def _flat(text: str) -> str:
    parts = [
        all(word.strip() == "yes" for word in part.split(" AND ")) for part in text.split(" OR ")
    ]
    return "yes" if any(parts) else "no"


def _value(word: str) -> str:
    if word in {"AND", "OR"}:
        return word
    return "yes" if word in ALLOWED else "no"


def _expression(name: str) -> str:
    said = metadata(name)
    if name in CORRECTED:
        return CORRECTED[name]
    words = said.json.get("license_expression") or said.json.get("license") or ""
    assert isinstance(words, str)
    if not words or "\n" in words:
        classes = [
            line.rpartition(" :: ")[2]
            for line in said.get_all("Classifier", [])
            if line.startswith("License ::")
        ]
        words = " AND ".join(SPDX.get(each, each) for each in classes)
    return SPDX.get(words, words)


def _table(licences: dict[str, str]) -> str:
    rows = [f"| {name} | {expression} |" for name, expression in sorted(licences.items())]
    return "\n".join(["| package | licence |", "| --- | --- |", *rows])
