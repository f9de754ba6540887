"""Weak entity tags and the conditional headers If-Match and If-None-Match (RFC 7644 §3.14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAG = re.compile(r'(?:[Ww]/)?"([^"\x00-\x20\x7f]*)"')
_VERSION = re.compile(r"0|[1-9][0-9]{0,18}")


def etag(version: int) -> str:
    """The weak entity tag of a version."""
    return f'W/"{version}"'


@dataclass(frozen=True, slots=True)
class Condition:
    """The versions a conditional header names; `any_version` stands for `*`."""

    versions: frozenset[int] = frozenset()
    any_version: bool = False

    def matches(self, version: int) -> bool:
        return self.any_version or version in self.versions


def parse_condition(header: str | None) -> Condition | None:
    """Read If-Match or If-None-Match; None when the header is absent or blank.

    Weak and strong tags compare alike: SCIM uses weak tags in If-Match although RFC 9110 §13.1.1
    demands strong comparison. What is no tag of ours, or malformed, matches nothing.
    """
    if header is None or not (text := header.strip()):
        return None
    if text == "*":
        return Condition(any_version=True)
    versions: set[int] = set()
    for item in text.split(","):
        tag = _TAG.fullmatch(item.strip())
        if tag is not None and _VERSION.fullmatch(tag[1]):
            versions.add(int(tag[1]))
    return Condition(versions=frozenset(versions))
