"""nginx and pgbouncer as Debian has them, run from a folder of ours on ports of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.embedded_binaries import choose_user
from tests.support.proxy import free_ports
from tests.support.server import server_folder

if TYPE_CHECKING:
    from tests.soak.report import Report

_NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""
_SITE = """
    upstream rollcall {{
        {servers}
        keepalive 32;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://rollcall;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_connect_timeout 2s;
            proxy_read_timeout 40s;
            client_max_body_size 5m;
        }}
    }}
"""
_PGBOUNCER = """
[databases]
rollcall = host=127.0.0.1 port={database_port} dbname=rollcall
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
max_client_conn = 200
default_pool_size = 20
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""


@dataclass(slots=True)
class Program:
    """One program with a configuration of its own; it can be killed and started again."""

    command: list[str]
    folder: Path
    port: int
    options: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it."""
        with (self.folder / "output.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, **self.options | {"stdout": log, "stderr": log}
            )

    def kill(self) -> None:
        """Kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """End it and forget its folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def is_there(name: str, report: Report | None = None) -> bool:
    """Whether the program is installed; as root it is fetched from Debian where it is not."""
    if _path(name):
        return True
    if report is not None and os.geteuid() == 0 and shutil.which("apt-get"):
        report.note(f"installing {name} by apt-get")
        subprocess.run(
            ["apt-get", "install", "-y", "--no-install-recommends", name],
            check=False,
            capture_output=True,
        )
    if _path(name):
        return True
    if report is not None:
        report.note(f"not tried: {name} is not installed (apt-get install {name})")
    return False


def nginx(ports: list[int]) -> Program:
    """A reverse proxy before servers at these ports."""
    folder, port = server_folder(), free_ports(1)[0]
    servers = "\n        ".join(f"server 127.0.0.1:{each} max_fails=0;" for each in ports)
    return nginx_of(_SITE.format(servers=servers, port=port), folder, port)


def nginx_of(site: str, folder: Path, port: int) -> Program:
    """Nginx with these blocks of `http`, in this folder; `port` is one that it listens on."""
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, site=site))
    command = [_path("nginx"), "-c", str(config), "-p", str(folder), "-e", str(folder / "e.log")]
    program = Program(command, folder, port, {"stdin": subprocess.DEVNULL})
    program.start()
    return program


def pgbouncer(database_port: int) -> Program:
    """A pooler in transaction mode before a database at that port."""
    folder, port = server_folder(), free_ports(1)[0]
    user = choose_user(None, None)
    shutil.chown(folder, user.uid, user.gid)
    config = folder / "pgbouncer.ini"
    config.write_text(_PGBOUNCER.format(folder=folder, database_port=database_port, port=port))
    roles = ("rollcall_server", "rollcall_owner", "postgres")
    (folder / "users.txt").write_text("".join(f'"{role}" ""\n' for role in roles))
    program = Program([_path("pgbouncer"), str(config)], folder, port, dict(user.process_options()))
    program.start()
    return program


def _path(name: str) -> str:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""
