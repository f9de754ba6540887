"""Commands of `rollcall`, each in a process of its own, whose modules are imported once for all.

Most of what a command takes are its imports, and tests run hundreds. So one process imports them
and splits off another for each call, with the arguments, environment and folder of that. What a
command prints, how it ends and whom it disturbs is as if it had been started by itself.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(
    arguments: tuple[str, ...], environment: Mapping[str, str], within: float
) -> subprocess.CompletedProcess[str]:
    """The end of a command. Raises TimeoutExpired, after which it has been killed."""
    with (
        Path(os.devnull).open() as nothing,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
    ):
        files = [nothing.fileno(), out.fileno(), err.fileno()]
        code = _call(_address(), list(arguments), dict(environment), files, within)
        for file in (out, err):
            file.seek(0)
        return subprocess.CompletedProcess(list(arguments), code, out.read(), err.read())


def write_program(folder: Path) -> None:
    """A program `rollcall` for shells; what is left running there is started by itself."""
    program = folder / "rollcall"
    program.write_text(
        f"""\
#!{sys.executable}
import os, sys
if "--watch" in sys.argv:
    os.execv({str(Path(sys.executable).parent / "rollcall")!r}, sys.argv)
sys.path.insert(0, {str(ROOT)!r})
from tests.support.command_forge import _call
sys.exit(_call({_address()!r}, sys.argv[1:], dict(os.environ), [0, 1, 2], None))
"""
    )
    program.chmod(0o755)


def _call(
    address: str,
    arguments: list[str],
    environment: dict[str, str],
    files: list[int],
    within: float | None,
) -> int:
    """The exit code of a command that reads and writes `files`."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(address)
        asked = json.dumps([arguments, environment, str(Path.cwd())]).encode()
        socket.send_fds(line, [len(asked).to_bytes(4)], files)
        line.sendall(asked)
        pid = int.from_bytes(_exactly(line, 4))
        line.settimeout(within)
        try:
            return int.from_bytes(_exactly(line, 4), signed=True)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(arguments, within or 0) from None


_lock = threading.Lock()


def _address() -> str:
    with _lock:
        return _started()


@cache
def _started() -> str:
    folder = tempfile.mkdtemp(prefix="forge-")
    address = f"{folder}/line"
    environment = {name: value for name, value in os.environ.items() if "ROLLCALL_" not in name}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.command_forge", address],
        env=environment | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"

    def end() -> None:
        process.kill()
        process.wait()
        Path(address).unlink(missing_ok=True)
        Path(folder).rmdir()

    atexit.register(end)
    return address


def _exactly(line: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        part = line.recv(size - len(read))
        if not part:
            raise EOFError
        read += part
    return read


def _serve(address: str) -> None:
    from api.cli import COMMANDS

    for name in COMMANDS:
        import_module(f"api.cli.{name.replace('-', '_')}")
    parent = os.getppid()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        listener.settimeout(5)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while os.getppid() == parent:
            try:
                line, _ = listener.accept()
            except TimeoutError:
                continue
            if os.fork() == 0:
                listener.close()
                _answer(line)
                os._exit(0)
            line.close()


def _answer(line: socket.socket) -> None:
    """One call: the command in a process of its own, and then how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    line.settimeout(None)
    size, files, _, _ = socket.recv_fds(line, 4, 3)
    arguments, environment, folder = json.loads(_exactly(line, int.from_bytes(size)))
    command = os.fork()
    if command == 0:
        line.close()
        _become(arguments, environment, folder, files)
    line.sendall(command.to_bytes(4))
    _, status = os.waitpid(command, 0)
    with suppress(BrokenPipeError):  # who asked no longer waits
        line.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, signed=True))


def _become(
    arguments: list[str], environment: dict[str, str], folder: str, files: list[int]
) -> None:
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["rollcall", *arguments]
    code = 1
    try:
        import_module("api.cli").app()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # noqa: BLE001 as the interpreter does at its end
        sys.excepthook(*sys.exc_info())
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve(sys.argv[1])
