"""Turns the shell blocks of a guide into steps, runs them in one shell, and compares what they say.

A `sh` block is a script that must succeed. A `console` block is a session: lines that begin with
`$ ` are commands (`> ` continues one), the others are what they print, where `…` stands for
anything. A `python` block whose fence names a file is written to it. A block whose fence says
`not-run` is for reading only.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import Block, blocks

ANYTHING = "…"
TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class Step:
    """What is typed, where it stands, and what is printed; `output` None where nothing is said."""

    command: str
    line: int
    output: str | None = None

    def shows(self, printed: str) -> bool:
        """Whether `printed` is the stated output, blanks at the ends of lines aside."""
        if self.output is None:
            return True
        wanted = ".*?".join(re.escape(part) for part in _trimmed(self.output).split(ANYTHING))
        return re.fullmatch(wanted, _trimmed(printed), re.DOTALL) is not None


@dataclass(frozen=True, slots=True)
class Result:
    """How far the shell came: what each step printed, and the exit code of the last."""

    printed: list[str]
    exit_code: int


def steps(page: Path) -> list[Step]:
    """The steps of a page in their order."""
    return list(_steps(blocks(page)))


def run(todo: Iterable[Step], folder: Path, environment: Mapping[str, str]) -> Result:
    """Run the steps in one shell, which ends at the first that fails."""
    script = ["set -eu"]
    count = 0
    for count, step in enumerate(todo, 1):
        (folder / f"{count}.sh").write_text(step.command)
        script.append(f'. "{folder}/{count}.sh" > "{folder}/{count}.out" 2>&1')
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        check=False,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT_S,
    )
    outputs = (folder / f"{number}.out" for number in range(1, count + 1))
    return Result([file.read_text() for file in outputs if file.exists()], done.returncode)


def _steps(found: Iterable[Block]) -> Iterator[Step]:
    for block in found:
        if "not-run" in block.info:
            continue
        if block.info[:1] == ("sh",):
            yield Step(block.text, block.line)
        elif block.info[:1] == ("console",):
            yield from _session(block)
        elif block.info[:1] == ("python",) and len(block.info) > 1:
            yield Step(f"cat > {block.info[1]} <<'END'\n{block.text}END\n", block.line)


def _session(block: Block) -> Iterator[Step]:
    command: list[str] = []
    output: list[str] = []
    line = block.line
    for number, text in enumerate(block.text.splitlines(), block.line):
        if text.startswith("$ "):
            if command:
                yield Step("\n".join(command), line, "\n".join(output))
            command, output, line = [text[2:]], [], number
        elif text.startswith("> ") and not output:
            command.append(text[2:])
        else:
            output.append(text)
    if command:
        yield Step("\n".join(command), line, "\n".join(output))


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
