"""Makes and configures the folder of an embedded PostgreSQL cluster: complete, or not at all."""

import logging
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from api.embedded_binaries import (
    ADVICE,
    SYSTEM_FOLDER,
    Binaries,
    EmbeddedDatabaseError,
    ProgramUser,
    make_system_folder,
)

log = logging.getLogger("rollcall.database")

DATABASE = "rollcall"
SUPERUSER = "postgres"
OWNER_ROLE = "rollcall_owner"
SERVER_ROLE = "rollcall_server"

ADMIT_SERVER = f"""\
REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;
GRANT CONNECT ON DATABASE {DATABASE} TO {SERVER_ROLE};
"""
"""Who else than its owner gets into the database: the server, and nobody besides."""

# The owner may set the server role's timeouts (`ALTER ROLE … SET`), hence the admin option.
_BOOTSTRAP = f"""\
CREATE ROLE {OWNER_ROLE} LOGIN CREATEROLE;
CREATE ROLE {SERVER_ROLE} LOGIN;
GRANT {SERVER_ROLE} TO {OWNER_ROLE} WITH ADMIN OPTION;
CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE};
{ADMIT_SERVER}"""

_CONFIGURATION = """\
# Written anew by Rollcall at every start. Your own settings go into local.conf in this folder.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 128MB
timezone = 'UTC'
log_timezone = 'UTC'
# Statements are short here: compiling them or sharing them among processes costs more than it
# brings, and shared memory may be scarce in a container.
jit = off
max_parallel_workers_per_gather = 0
max_parallel_maintenance_workers = 0
random_page_cost = 1.1
# A first synchronization fills the tables within seconds; what plans and counts rest on, statistics
# and the visibility map, has to follow soon.
autovacuum_naptime = 10s
autovacuum_vacuum_insert_scale_factor = 0.05
# A refused statement is the application's to report. Its text here could name persons.
log_min_messages = log
log_error_verbosity = terse
log_checkpoints = off
"""

_HOST_ACCESS = """\
# Written by Rollcall: no password and no network, only the operating system users of pg_ident.conf.
local all all peer map=rollcall
local replication all peer map=rollcall
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a cluster lies, whose it is, and the programs that run it."""

    folder: Path
    user: ProgramUser
    binaries: Binaries


def existing_majors(data_dir: Path) -> set[int]:
    """The major versions of PostgreSQL that this data folder holds a cluster of."""
    names = [entry.name.removeprefix("postgresql-") for entry in data_dir.glob("postgresql-*")]
    return {int(name) for name in names if name.isdigit()}


def owner_of_cluster(data_dir: Path) -> int | None:
    """The user id that owns the newest cluster in this data folder, None without any.

    Raises EmbeddedDatabaseError for a link that leads nowhere: an empty database must not
    silently take the place of a lost one.
    """
    majors = existing_majors(data_dir)
    if not majors:
        return None
    folder = data_dir / f"postgresql-{max(majors)}"
    try:
        return folder.stat().st_uid
    except OSError as error:
        raise EmbeddedDatabaseError(
            f"The database folder {folder.resolve()} cannot be read ({error.strerror}). Bring it "
            f"back, or remove {folder} to begin with an empty database. {ADVICE}"
        ) from error


def open_cluster(data_dir: Path, binaries: Binaries, user: ProgramUser) -> Cluster:
    """The cluster of this data folder, made when there is none. Call it under the start lock."""
    name = f"postgresql-{binaries.major}"
    for leftover in data_dir.glob(f"{name}.init.*"):  # a start that was killed halfway
        _remove_leftover(leftover)
    folder = data_dir / name
    if not folder.exists():
        if user.can_enter(data_dir):
            _initialize(folder, binaries, user)
        else:
            _initialize_elsewhere(folder, binaries, user)
        log.warning("Made a new, empty database in %s.", data_dir)
    return Cluster(folder.resolve(), user, binaries)


def configure(cluster: Cluster) -> None:
    """Writes the cluster's three configuration files; runs before every start."""
    # Peer authentication asks the kernel who connects. These users can read the cluster's files
    # anyway, so the superuser is theirs too.
    names = {cluster.user.name, pwd.getpwuid(os.geteuid()).pw_name, "root"}
    roles = (OWNER_ROLE, SERVER_ROLE, SUPERUSER)
    idents = [f'rollcall "{name}" {role}\n' for name in sorted(names) for role in roles]
    own = "include 'local.conf'\n" if (cluster.folder / "local.conf").exists() else ""
    _write(cluster, "postgresql.conf", _CONFIGURATION + own)
    _write(cluster, "pg_hba.conf", _HOST_ACCESS)
    _write(cluster, "pg_ident.conf", "".join(idents))


def _initialize(target: Path, binaries: Binaries, user: ProgramUser) -> None:
    """Makes the cluster beside its place and renames it, so that half a cluster never counts."""
    building = target.with_name(f"{target.name}.init.{os.getpid()}")
    building.mkdir(mode=0o700)
    os.chown(building, user.uid, user.gid)
    if binaries.major >= 17:  # the same order of text on every machine
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        locale = ["--locale=C.UTF-8"]
    where = ["-D", str(building)]
    encoding = ["--encoding=UTF8", *locale]
    safety = ["--data-checksums", "--auth=reject", f"--username={SUPERUSER}"]
    _run([binaries.program("initdb"), *where, *encoding, *safety], user, building)
    # Single-user mode: the cluster has its roles and database before anyone can connect.
    _run([binaries.program("postgres"), "--single", *where, "postgres"], user, building, _BOOTSTRAP)
    building.rename(target)


def _initialize_elsewhere(folder: Path, binaries: Binaries, user: ProgramUser) -> None:
    """Makes the cluster in a root-owned place that its user can enter, and a link to it."""
    make_system_folder()
    place = Path(tempfile.mkdtemp(prefix="data-", dir=SYSTEM_FOLDER))
    place.chmod(0o711)
    # The link tells the next start of this place, should this one be killed.
    link = folder.with_name(f"{folder.name}.init.elsewhere")
    link.symlink_to(place)
    _initialize(place / folder.name, binaries, user)
    folder.symlink_to(place / folder.name)
    link.unlink()
    log.warning(
        "The user %s, who runs the database, cannot enter %s. The database is kept in %s and the "
        "data folder has a link to it. ROLLCALL_DATA_DIR chooses another place.",
        *(user.name, folder.parent, place),
    )


def _remove_leftover(leftover: Path) -> None:
    folder = leftover
    if leftover.is_symlink():
        folder = leftover.resolve()
        leftover.unlink()
        done = folder / leftover.name.partition(".init.")[0]
        if folder.parent != SYSTEM_FOLDER or done.exists():
            return
    shutil.rmtree(folder, ignore_errors=True)


def _write(cluster: Cluster, name: str, text: str) -> None:
    # The folder is another user's when we are root: follow no link of theirs.
    path = cluster.folder / name
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        os.chown(descriptor, cluster.user.uid, cluster.user.gid)


def _run(command: list[str], user: ProgramUser, folder: Path, stdin: str = "") -> None:
    options = user.process_options() | {"cwd": folder}
    options.pop("stdin")  # `input` brings its own
    try:
        done = subprocess.run(
            command, input=stdin, capture_output=True, check=False, text=True, **options
        )
    except OSError as error:
        raise EmbeddedDatabaseError(
            f"{command[0]} cannot be started as the user {user.name}: {error}. {ADVICE}"
        ) from error
    if done.returncode != 0 or "ERROR:" in done.stderr:
        raise EmbeddedDatabaseError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-800:]}")
