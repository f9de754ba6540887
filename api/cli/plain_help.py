"""Help that is complete on a screen of 80 columns: names and values whole, nothing shortened."""

from __future__ import annotations

import textwrap
from typing import Any

WIDEST_SYNTAX = 60
_VALUES_WIDTH = 40


def make_plain(command: Any, context: Any) -> None:
    """Have a command, and each of a group, write its help as plain text."""
    command.rich_markup_mode = None
    command.short_help = " ".join((command.help or "").partition("\n\n")[0].split())
    for option in command.params:
        _move_long_values(option, context)
    for below in getattr(command, "commands", {}).values():
        make_plain(below, context)


def _move_long_values(option: Any, context: Any) -> None:
    """Many values stand in the words about an option: beside its name the screen would cut them."""
    syntax = str(option.display_type_rich(ctx=context))
    if "|" not in syntax or len(option.opts[0]) + len(syntax) <= WIDEST_SYNTAX:
        return
    values = syntax.strip("<>").removeprefix("list[").removesuffix("]").split("|")
    lines = textwrap.wrap(", ".join(values), _VALUES_WIDTH, break_on_hyphens=False)
    # What follows this mark is left as it is: else names would be broken at their hyphens.
    option.help = "\n".join((f"{option.help} One of:", "", "\b", *lines))
    option.metavar = "<value>"
