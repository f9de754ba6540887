"""What the README says can be pasted, works as pasted."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source_files import REPOSITORY
from tests.support.server import PROGRAM, running_server

BLOCKS = re.findall(r"```sh\n(.*?)```", (REPOSITORY / "README.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.skipif(
    not (REPOSITORY / ".venv/bin/rollcall").exists(), reason="the README means .venv of a checkout"
)
def test_blocks_for_the_shell_run_one_after_the_other(data_dir: Path) -> None:
    with running_server(data_dir) as server:
        server.init("Demo")
        # One shell for all, as a person has: the first block sets what the others use.
        script = "set -eu\n" + "\necho '=== next ==='\n".join(BLOCKS)
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=REPOSITORY,
            env=server.environment | {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"},
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )

    assert done.returncode == 0, done.stderr
    set_up, created, seen, mail, made = done.stdout.split("=== next ===\n")
    assert set_up == ""
    assert json.loads(created)["userName"] == "grace@example.com"
    organization = json.loads(seen)["data"]["organization"]
    members = {node["userName"]: node["status"] for node in organization["members"]["nodes"]}
    assert members["grace@example.com"] == "INVITED"
    assert "grace@example.com" in mail
    assert json.loads(made)["organizationSlug"] == "acme"


def test_make_targets_of_the_readme_exist() -> None:
    named = set(
        re.findall(r"^make (\w+)", (REPOSITORY / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")

    assert named == {"run", "demo", "test"}
    assert all(re.search(rf"^{name}:", makefile, re.MULTILINE) for name in named)
