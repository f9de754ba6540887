"""What a scenario found out, printed as it happens; what is wrong decides the exit code."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """Lines about one scenario."""

    name: str
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, line: str) -> None:
        """Something worth knowing."""
        self.notes.append(line)
        sys.stdout.write(f"  {line}\n")
        sys.stdout.flush()

    def wrong(self, lines: list[str]) -> None:
        """Things that must not be."""
        self.problems += lines
        for line in lines:
            sys.stdout.write(f"  WRONG: {line}\n")
        sys.stdout.flush()
