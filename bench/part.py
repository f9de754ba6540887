"""What every part of a run is asked for, and what it gives back."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of a part is asked for: a share of its size and of its time, or minutes of it."""

    share: float = 1.0
    minutes: float = 5.0
    times: int = 200

    def seconds(self, whole: float, least: float = 0.3) -> float:
        """That share of so many seconds, but not less than `least`."""
        return max(least, whole * min(1.0, 4 * self.share))

    def number(self, whole: int, least: int = 1) -> int:
        """That share of a number, but not less than `least`."""
        return max(least, int(whole * self.share))


@dataclass(frozen=True, slots=True)
class Report:
    """A part's Markdown, and its pictures by the names of their files."""

    text: str
    pictures: Mapping[str, str] = field(default_factory=dict)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table."""
    head, *lines = [f"| {' | '.join(line)} |" for line in (heads, *rows)]
    return [head, "|" + "---|" * len(heads), *lines]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed; 0 without any."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """The one in the middle; 0 without any."""
    return statistics.median(values) if values else 0.0


def figure(value: float) -> str:
    """A number with as many digits as say something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
