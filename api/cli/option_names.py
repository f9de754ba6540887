"""Lets refusals speak of options: the domain names fields of the API, which nobody typed here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import ContextVar
from functools import wraps
from types import MappingProxyType
from typing import Any

_FIELD = re.compile(r"\b[a-z]+(?:[A-Z][a-z]*)+\b|^[a-z]+\b")
"""Words that can only be fields: in camel case, or in small letters where a sentence begins."""
_options: ContextVar[Mapping[str, str]] = ContextVar("options", default=MappingProxyType({}))


def remember_options(command: Any) -> None:
    """Have a command, or each of a group, know its options while it runs."""
    for below in getattr(command, "commands", {}).values():
        remember_options(below)
    work = command.callback
    if work is None:
        return
    options = _options_of(command)

    @wraps(work)
    def working(*arguments: Any, **named: Any) -> Any:
        _options.set(options)
        return work(*arguments, **named)

    command.callback = working


def in_options(text: str) -> str:
    """The text with the present command's options in place of the fields that they set."""
    options = _options.get()
    return _FIELD.sub(lambda found: options.get(found[0], found[0]), text)


def _options_of(command: Any) -> dict[str, str]:
    """Options by field: `guardMaxPercent` is set by `--guard-max-percent`, a secret by its file."""
    found: dict[str, str] = {}
    for parameter in command.params:
        long = [name for name in parameter.opts if name.startswith("--")]
        if long:
            first, *rest = parameter.name.removesuffix("_file").split("_")
            found[first + "".join(map(str.capitalize, rest))] = long[0]
    return found
