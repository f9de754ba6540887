"""Ambiguous requests and forged headers through nginx, as deploy/nginx.conf sets it up.

Behind it is the server's own HTTP protocol, and an application that remembers what reached it. Each
request that nginx passed on bears the address that nginx wrote: one without was smuggled.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tests.soak.programs import is_there, nginx_of
from tests.support.http_site import Recorder, served
from tests.support.proxy import free_ports
from tests.support.server import server_folder
from tests.support.smuggling import ATTACKS, HIDDEN, HOST

if TYPE_CHECKING:
    from tests.soak.report import Report

SITE = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NAME = "rollcall.example.com"
WAIT_S = 0.2
"""For answers that do not come, because nginx waits for more of the request."""
LARGE = HIDDEN * 2000
"""More than nginx holds in memory: it goes on in many pieces."""
_FORGED = (
    b"X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: http\r\nX_Forwarded_For: 203.0.113.9\r\n"
)
_UPGRADES = (b"h2c", b"websocket", b"x, websocket")
_METRICS = (
    "/metrics", "//metrics", "/./metrics", "/x/../metrics", "/%6detrics", "/metrics?x", "/metrics#",
    "http://rollcall.example.com/metrics", "/x/%2e%2e/metrics", "/%2e/metrics", "/metrics%23",
)  # fmt: skip
_INJECTIONS = ("/a%0d%0aX-Injected:%201", "/a%0aX-Injected:1", "/a?b=%0d%0aX-Injected:%201")


async def smuggling(report: Report) -> None:
    """Every attack at two places of the site, each with somebody else's request behind it."""
    if not is_there("nginx", report):
        return
    recorder = Recorder()
    async with served(recorder, trusted_proxies="127.0.0.1") as behind:
        folder = server_folder()
        https, http = free_ports(2)
        context = _certificate(folder)
        program = nginx_of(_site(folder, behind.port, https, http), folder, https)
        try:
            client = _Client(recorder, https, http, context)
            await client.until_there()
            wrong = [
                line
                for part in (
                    await client.attack(report),
                    await client.ask_for_upgrades(),
                    await client.forge(),
                    await client.look_for_figures(),
                    await client.inject(),
                )
                for line in part
            ]
            report.wrong(wrong)
        finally:
            await asyncio.to_thread(program.close)


class _Client:
    """Speaks to nginx, and looks at what came out behind it."""

    def __init__(self, recorder: Recorder, https: int, http: int, context: ssl.SSLContext) -> None:
        self._seen = recorder.seen
        self._https, self._http = https, http
        self._context = context
        self._victims = 0

    async def until_there(self) -> None:
        """Wait for nginx; TimeoutError."""
        async with asyncio.timeout(20):
            while True:
                with suppress(OSError, AssertionError):
                    await self._victim("nginx")
                    return
                await asyncio.sleep(0.05)

    async def attack(self, report: Report) -> list[str]:
        """Every attack, at the site and at the address that takes websockets."""
        wrong, passed = [], 0
        for path in (b"/outer", b"/graphql"):
            for name, raw in ATTACKS.items():
                self._seen.clear()
                await self._send(raw.replace(b"/outer", path))
                wrong += [
                    f"{name} at {path.decode()}: {each.path} was smuggled"
                    for each in self._seen
                    if each.header(b"x-forwarded-for") != [b"127.0.0.1"]
                ]
                passed += bool(self._seen)
                wrong += await self._victim(f"{name} at {path.decode()}")
        report.note(f"{2 * len(ATTACKS)} attacks, of which nginx passed on {passed} in some form")
        return wrong

    async def ask_for_upgrades(self) -> list[str]:
        """Large bodies of requests that ask for an upgrade must arrive as bodies."""
        wrong = []
        for path in ("/graphql", "/outer"):
            for upgrade in _UPGRADES:
                self._seen.clear()
                head = b"POST %b HTTP/1.1\r\n%bConnection: Upgrade\r\nUpgrade: %b\r\n"
                length = b"Content-Length: %d\r\n\r\n" % len(LARGE)
                await self._send(head % (path.encode(), HOST, upgrade) + length + LARGE)
                if [(each.path, each.body == LARGE) for each in self._seen] != [(path, True)]:
                    came = [(each.path, len(each.body)) for each in self._seen][:3]
                    wrong.append(f"a body with {upgrade.decode()} at {path} became {came}")
                wrong += await self._victim(f"an upgrade at {path}")
        return wrong

    async def forge(self) -> list[str]:
        """Nobody but nginx says who calls and how."""
        wrong = []
        for path in ("/graphql", "/outer", "/v2/x/Users"):
            self._seen.clear()
            await self._send(f"GET {path} HTTP/1.1\r\n".encode() + HOST + _FORGED + b"\r\n")
            for each in self._seen:
                if (each.client, each.scheme) != ("127.0.0.1", "https"):
                    wrong.append(f"{path}: {each.client} over {each.scheme} was believed")
                if each.header(b"host") != [NAME.encode()] or each.header(b"x_forwarded_for"):
                    wrong.append(f"{path}: forged headers went on")
            if not self._seen:
                wrong.append(f"{path}: did not arrive")
        return wrong

    async def look_for_figures(self) -> list[str]:
        """However it is written, /metrics is closed."""
        for path in _METRICS:
            self._seen.clear()
            await self._send(f"GET {path} HTTP/1.1\r\n".encode() + HOST + b"\r\n")
            if any(each.path == "/metrics" for each in self._seen):
                return [f"{path} leads to the figures"]
        return []

    async def inject(self) -> list[str]:
        """The redirect of plain HTTP leads to this site alone, and holds no line break."""
        wrong = []
        for path in ("/a", "//evil.example/", *_INJECTIONS):
            for host in (NAME, "evil.example"):
                answer = await self._send(
                    f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(), tls=False
                )
                head = answer.partition(b"\r\n\r\n")[0].decode()
                location = re.findall(r"(?im)^location: (.*?)\r?$", head)
                if location != [f"https://{NAME}{path}"] or "\nX-Injected" in head:
                    wrong.append(f"{path} at {host} leads to {location}")
        return wrong

    async def _victim(self, after: str) -> list[str]:
        """Somebody else's request, which must have its own answer."""
        self._victims += 1
        path = f"/victim-{self._victims}"
        answer = await self._send(f"GET {path} HTTP/1.1\r\n".encode() + HOST + b"\r\n")
        own = f"GET {path} 0;".encode()
        assert answer, "no answer"
        return [] if answer.endswith(own) else [f"after {after}: another's answer {answer!r}"]

    async def _send(self, raw: bytes, *, tls: bool = True) -> bytes:
        """What comes of it within a moment, on a connection of its own."""
        port = self._https if tls else self._http
        context, name = (self._context, NAME) if tls else (None, None)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname=name
        )
        answer = b""
        with suppress(OSError, TimeoutError):
            writer.write(raw)
            async with asyncio.timeout(WAIT_S):
                while not answer.endswith(b";") and (piece := await reader.read(65_536)):
                    answer += piece
        writer.transport.abort()
        return answer


def _certificate(folder: Path) -> ssl.SSLContext:
    """A certificate of its own for the site, and a client that trusts it."""
    files = ["-keyout", str(folder / "site.key"), "-out", str(folder / "site.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    named = ["-nodes", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run([*command, *named, *files], check=True, capture_output=True)
    return ssl.create_default_context(cafile=folder / "site.pem")


def _site(folder: Path, behind: int, https: int, http: int) -> str:
    """deploy/nginx.conf on ports of this machine; /metrics is closed to it as well."""
    site = SITE.read_text()
    for before, after in (
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        ("listen 443", f"listen 127.0.0.1:{https}"),
        ("listen 80", f"listen 127.0.0.1:{http}"),
        (f"/etc/ssl/{NAME}", f"{folder}/site"),
        ("allow 127.0.0.1;", ""),
    ):
        assert before in site, before
        site = site.replace(before, after)
    return site
