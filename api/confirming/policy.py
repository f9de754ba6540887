"""The policy file: whom a script may confirm without a person who looks."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.remote.errors import RemoteError
from api.remote.work_list import Waiting

_MOST_PER_HOUR = 1_000_000


class PolicyError(RemoteError):
    """The file cannot be used; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that is given must hold; None and empty say nothing."""

    email_domains: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()
    provisioned_by_scim: bool = False
    at_most_per_hour: int | None = None
    rewrap: bool = False

    def why_not(self, waiting: Waiting, in_groups: frozenset[str]) -> str | None:
        """Why somebody is left to a person, or None; `in_groups` has who is in one of `groups`."""
        if waiting.reason == "REWRAP" and not self.rewrap:
            return "has a new key pair or an old key, and the policy does not say rewrap = true"
        domain = (waiting.email or "").rpartition("@")[2].lower()
        if self.email_domains and domain not in self.email_domains:
            return f"the policy does not name the domain {domain}"
        if self.provisioned_by_scim and waiting.source != "SCIM":
            return "was not provisioned by SCIM"
        if self.groups and waiting.id not in in_groups:
            return "is in none of the policy's groups"
        return None


def read_policy(path: Path) -> Policy:
    """The policy in a TOML file. Raises PolicyError."""
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise PolicyError(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path} is not TOML: {error}.") from None
    try:
        return policy_of(given)
    except PolicyError as error:
        raise PolicyError(f"{path}: {error}") from None


def policy_of(given: Mapping[str, Any]) -> Policy:
    """The policy that a file's values say. Raises PolicyError."""
    known = tuple(_READERS)
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f" Did you mean {close[0]}?" if close else f" Known: {', '.join(known)}."
            raise PolicyError(f"{name} means nothing here.{hint}")
    policy = Policy(**{name: _READERS[name](name, value) for name, value in given.items()})
    if not (policy.email_domains or policy.groups or policy.provisioned_by_scim):
        # An empty file is more likely a mistake than trust in everybody.
        raise PolicyError(
            "it names no condition: give email_domains, groups or provisioned_by_scim, or confirm"
            " with --all instead of a policy."
        )
    return policy


def _texts(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise PolicyError(f'{name} is a list of texts, as in {name} = ["…"].')
    texts = tuple(text.strip() for text in value if isinstance(text, str) and text.strip())
    if len(texts) != len(value):
        raise PolicyError(f'{name} is a list of texts, as in {name} = ["…"].')
    return texts


def _domains(name: str, value: object) -> frozenset[str]:
    domains = frozenset(text.lower() for text in _texts(name, value))
    for domain in domains:
        if "@" in domain or "*" in domain or "." not in domain:
            raise PolicyError(
                f"{name} has {domain!r}: write the part after the @, as in example.com; each"
                " subdomain is named by itself."
            )
    return domains


def _switch(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise PolicyError(f"{name} is true or false.")
    return value


def _count(name: str, value: object) -> int:
    if type(value) is not int or not 0 < value <= _MOST_PER_HOUR:
        raise PolicyError(f"{name} is a number from 1 to {_MOST_PER_HOUR}.")
    return value


_READERS: dict[str, Any] = {
    "email_domains": _domains,
    "groups": _texts,
    "provisioned_by_scim": _switch,
    "at_most_per_hour": _count,
    "rewrap": _switch,
}
