"""The peers: how each is installed, started and called."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.peers.environment import node_environment, python_environment

if TYPE_CHECKING:
    from collections.abc import Callable

PEERS = Path(__file__).resolve().parent
ROOT = PEERS.parent.parent
REQUIREMENTS = PEERS / "scim2_server" / "requirements.txt"
SCIMMY = PEERS / "scimmy"


@dataclass(frozen=True, slots=True)
class Command:
    """How to start a peer that is installed; `port_variable` tells it where to listen."""

    arguments: list[str]
    folder: Path
    port_variable: str
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Peer:
    """`install` takes the folder for environments; it raises NotInstallableError."""

    name: str
    version: str
    scim_path: str
    install: Callable[[Path], Command]

    @property
    def title(self) -> str:
        """Name and version, for a reader."""
        return f"{self.name} {self.version}"


def all_peers() -> list[Peer]:
    """Every peer there is, at its pinned version."""
    return [
        Peer("scim2-server", _pinned_by_pip("scim2-server"), "/v2", _scim2_server),
        Peer("scimmy-routers", _pinned_by_npm("scimmy-routers"), "/scim", _scimmy),
    ]


def _scim2_server(cache: Path) -> Command:
    python = python_environment(REQUIREMENTS, cache)
    arguments = [
        *(str(python), "-m", "uvicorn", "bench.peers.scim2_server.app:application"),
        *("--host", "127.0.0.1", "--loop", "uvloop", "--http", "httptools", "--lifespan", "on"),
        *("--no-access-log", "--log-level", "warning"),
    ]
    return Command(arguments, ROOT, "UVICORN_PORT")


def _scimmy(cache: Path) -> Command:
    node, folder = node_environment(SCIMMY, cache)
    return Command([node, "server.mjs"], folder, "PORT", {"NODE_ENV": "production"})


def _pinned_by_pip(name: str) -> str:
    text = REQUIREMENTS.read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(name)}==(\S+)", text, re.MULTILINE)
    if found is None:
        raise LookupError(name)
    return found[1]


def _pinned_by_npm(name: str) -> str:
    package = json.loads((SCIMMY / "package.json").read_text(encoding="utf-8"))
    return str(package["dependencies"][name])
