"""Draws lines as SVG: legible in light and dark, with a text that says what is seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 880, 420
LEFT, TOP, BOTTOM, LABELS = 70, 56, 48, 230
LINE_HEIGHT = 16
DASHES = ("", "7 4", "2 3", "10 3 2 3")
COLOURS = 7
_STYLE = """
    svg { background: #ffffff; font-family: system-ui, -apple-system, 'Segoe UI', sans-serif; }
    text { font-size: 12.5px; fill: #46566b; }
    .h { font-size: 16px; font-weight: 600; fill: #1d2733; }
    .g { stroke: #d9e0e8; } .l { fill: none; stroke-width: 2.2; } .n { font-weight: 600; }
    .c0 { stroke: #2457c5; } .c1 { stroke: #b5470b; } .c2 { stroke: #18794e; }
    .c3 { stroke: #8e3aa8; } .c4 { stroke: #b3261e; } .c5 { stroke: #00707f; }
    .c6 { stroke: #6b5900; }
    @media (prefers-color-scheme: dark) {
      svg { background: #12181f; } text { fill: #b6c2d1; } .h { fill: #f0f4f9; }
      .g { stroke: #2b3642; } .c0 { stroke: #7ea6ff; } .c1 { stroke: #ff9d5c; }
      .c2 { stroke: #5fd39a; } .c3 { stroke: #d59bea; } .c4 { stroke: #ff8a80; }
      .c5 { stroke: #59c9d8; } .c6 { stroke: #d9c356; }
    }
"""


@dataclass(frozen=True, slots=True)
class Axis:
    """What is along it, from where to where, and whether each step is ten times the last."""

    label: str
    least: float
    most: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where on the axis it is, from 0 to 1."""
        if self.logarithmic:
            span = math.log10(self.most) - math.log10(self.least)
            return (math.log10(max(value, self.least)) - math.log10(self.least)) / span
        return (value - self.least) / (self.most - self.least)

    def ticks(self) -> list[float]:
        """The values that are written beside it."""
        if self.logarithmic:
            first, last = math.log10(self.least), math.log10(self.most)
            return [10.0**power for power in range(round(first), round(last) + 1)]
        step = _round_step((self.most - self.least) / 5)
        count = int((self.most - self.least) / step + 1e-9)
        return [self.least + number * step for number in range(count + 1)]


def lines(
    title: str,
    series: Mapping[str, Points],
    *,
    x_label: str,
    y_label: str,
    logarithmic: bool = False,
) -> str:
    """A chart of named lines; `logarithmic` says that both axes are, or else they begin at 0.

    Raises ValueError without a point.
    """
    points = [point for each in series.values() for point in each]
    if not points:
        raise ValueError("nothing to draw")
    across = _axis(x_label, [x for x, _ in points], logarithmic=logarithmic)
    up = _axis(y_label, [y for _, y in points], logarithmic=logarithmic)

    def x_of(value: float) -> float:
        return LEFT + across.place(value) * (WIDTH - LEFT - LABELS)

    def y_of(value: float) -> float:
        return HEIGHT - BOTTOM - up.place(value) * (HEIGHT - TOP - BOTTOM)

    parts = [*_frame(title, _said(series, y_label)), *_grid(across, up, x_of, y_of)]
    ends = _spread({name: y_of(each[-1][1]) for name, each in series.items() if each})
    for number, (name, each) in enumerate(series.items()):
        if not each:
            continue
        path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in each)
        dash = DASHES[number // COLOURS % len(DASHES)]
        colour = f'class="l c{number % COLOURS}" stroke-dasharray="{dash}"'
        end, label = WIDTH - LABELS + 14, ends[name]
        last_x, last_y = x_of(each[-1][0]), y_of(each[-1][1])
        leader = f"M{last_x:.1f} {last_y:.1f} L{end:.1f} {label:.1f} l6 0"
        parts += [
            f'  <polyline {colour} points="{path}"/>',
            f'  <path {colour} style="stroke-width:1" d="{leader}"/>',
            f'  <text class="n" x="{end + 10}" y="{label + 4:.1f}">{escape(name)}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def _frame(title: str, said: str) -> list[str]:
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}"'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="t d">',
        f'  <title id="t">{escape(title)}</title>',
        f'  <desc id="d">{escape(said)}</desc>',
        f"  <style>{_STYLE}  </style>",
        f'  <text class="h" x="20" y="28">{escape(title)}</text>',
    ]


def _grid(
    across: Axis, up: Axis, x_of: Callable[[float], float], y_of: Callable[[float], float]
) -> list[str]:
    right, foot = WIDTH - LABELS, HEIGHT - BOTTOM
    parts = [f'  <text x="20" y="{TOP - 8}">{escape(up.label)}</text>']
    for value in up.ticks():
        y = y_of(value)
        parts += [
            f'  <path class="g" d="M{LEFT} {y:.1f} H{right}"/>',
            f'  <text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_number(value)}</text>',
        ]
    for value in across.ticks():
        x = x_of(value)
        parts += [
            f'  <path class="g" d="M{x:.1f} {foot} v5"/>',
            f'  <text x="{x:.1f}" y="{foot + 20}" text-anchor="middle">{_number(value)}</text>',
        ]
    middle = (LEFT + right) / 2
    parts.append(
        f'  <text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(across.label)}</text>'
    )
    return parts


def _axis(label: str, values: list[float], *, logarithmic: bool) -> Axis:
    most = max(values)
    if not logarithmic:
        step = _round_step((most or 1.0) / 5)
        return Axis(label, 0.0, math.ceil((most or 1.0) / step - 1e-9) * step)
    least = 10.0 ** math.floor(math.log10(max(min(values), 1e-3)))
    return Axis(label, least, max(10.0 ** math.ceil(math.log10(most) - 1e-9), least * 10), True)


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * each for each in (1, 2, 2.5, 5, 10) if power * each >= step - 1e-12)


def _spread(wanted: Mapping[str, float]) -> dict[str, float]:
    """Labels near where they belong, none over another."""
    placed: dict[str, float] = {}
    free = float(TOP)
    for name, y in sorted(wanted.items(), key=lambda item: item[1]):
        free = max(free, y)
        placed[name] = free
        free += LINE_HEIGHT
    over = free - LINE_HEIGHT - (HEIGHT - BOTTOM)
    return {name: y - max(0.0, over) for name, y in placed.items()}


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:g}"


def _said(series: Mapping[str, Points], unit: str) -> str:
    return (
        "; ".join(
            f"{name}: from {each[0][1]:.3g} to {each[-1][1]:.3g}"
            for name, each in series.items()
            if each
        )
        + f" ({unit})."
    )
