"""What a peer runs in: packages pinned by its lock file, in a folder outside the project."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

INSTALL_S = 300
OLDEST_NODE = 16


class NotInstallableError(Exception):
    """Why a peer cannot be measured here: a sentence for the report."""


def python_environment(requirements: Path, cache: Path) -> Path:
    """The Python of an environment with these requirements, made when there is none.

    Raises NotInstallableError.
    """
    folder = _folder(cache, requirements.parent.name, requirements, sys.version)
    python = folder / "bin" / "python"
    if not _is_ready(folder):
        _run("venv", [sys.executable, "-m", "venv", "--without-pip", str(folder)])
        _run(
            "pip",
            [
                *(sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"),
                *("--disable-pip-version-check", "--require-hashes", "-r", str(requirements)),
            ],
        )
        _set_ready(folder)
    return python


def node_environment(source: Path, cache: Path) -> tuple[str, Path]:
    """The path of Node.js, and a folder with the peer's scripts and packages.

    Raises NotInstallableError.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotInstallableError("Node.js with npm is not on this machine.")
    version = _run("node", [node, "--version"]).strip()
    if int(version.lstrip("v").partition(".")[0]) < OLDEST_NODE:
        raise NotInstallableError(f"Node.js {version} is too old, {OLDEST_NODE} is needed.")
    folder = _folder(cache, source.name, source / "package-lock.json", version)
    ready = _is_ready(folder)
    folder.mkdir(parents=True, exist_ok=True)
    # The scripts are copied each time: they find their packages beside themselves.
    for file in source.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    if not ready:
        options = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        _run("npm", [npm, "ci", *options, "--prefix", str(folder)])
        _set_ready(folder)
    return node, folder


def _folder(cache: Path, name: str, lock: Path, interpreter: str) -> Path:
    """One folder for each content of the lock file and version of the interpreter."""
    digest = hashlib.sha256(lock.read_bytes() + interpreter.encode()).hexdigest()[:16]
    return cache / f"{name}-{digest}"


def _is_ready(folder: Path) -> bool:
    """Whether it was made completely; half an environment is removed."""
    if (folder / ".ready").exists():
        return True
    shutil.rmtree(folder, ignore_errors=True)
    return False


def _set_ready(folder: Path) -> None:
    (folder / ".ready").touch()


def _run(program: str, command: Sequence[str]) -> str:
    """What it prints. What it complains of goes to stderr, not into the report."""
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, text=True, timeout=INSTALL_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)
        raise NotInstallableError(
            f"Its packages could not be installed: {program} did not end."
        ) from error
    if done.returncode != 0:
        print(done.stderr.strip()[-2000:], file=sys.stderr)
        raise NotInstallableError(
            f"Its packages could not be installed: {program} ended with {done.returncode}."
        )
    return done.stdout
