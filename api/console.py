"""Serves the web console: the files that its build left in `console_files`, held in memory.

Names of files below `/assets/` carry a hash of their content, so they may be kept for ever. Every
address of a page is answered by the same `index.html`; the page finds out by itself where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response

from api.console_pages import ACCEPT, MEMBERSHIP, OF_ORGANIZATIONS, SIGN_IN

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = Path(__file__).parent / "console_files"
INDEX = "/index.html"
PAGES = frozenset({"/", ACCEPT, MEMBERSHIP, SIGN_IN})
ASSETS = "/assets/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'"
)
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_NOT_SERVED = ("/manifest.json", INDEX)


@dataclass(frozen=True, slots=True)
class ServedFile:
    """One file, with its compressed forms by their names in `Accept-Encoding`, the best first."""

    content: bytes
    compressed: dict[str, bytes]
    media_type: str
    cache_control: str | None


class Console:
    """An ASGI application for the console's addresses; `answers` says which those are."""

    def __init__(self, files: dict[str, ServedFile]) -> None:
        self._files = files
        self._index = files[INDEX]

    def answers(self, path: str) -> bool:
        """Whether the console has a page or a file at this path."""
        return (
            path in PAGES
            or path.startswith((OF_ORGANIZATIONS, ASSETS))
            or (path in self._files and path not in _NOT_SERVED)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._answer(scope)(scope, receive, send)

    def _answer(self, scope: Scope) -> ASGIApp:
        if scope["method"] not in {"GET", "HEAD"}:
            return PlainTextResponse("Ask by GET.", 405, {"Allow": "GET, HEAD"})
        path: str = scope["path"]
        if path in PAGES or path.startswith(OF_ORGANIZATIONS):
            found = self._index
        elif path in self._files:
            found = self._files[path]
        else:  # of a build before this one
            return PlainTextResponse("There is no such file.", 404)
        return _response(found, Headers(scope=scope).get("accept-encoding", ""))


def read_console(folder: Path = FOLDER) -> Console | None:
    """The console that was built there; None where none was."""
    if not (folder / "index.html").is_file():
        return None
    files = [path for path in folder.rglob("*") if path.suffix in _MEDIA_TYPES]
    return Console({f"/{path.relative_to(folder).as_posix()}": _read(path) for path in files})


def _read(path: Path) -> ServedFile:
    compressed = {}
    for encoding, ending in _ENCODINGS:
        beside = path.with_name(path.name + ending)
        if beside.is_file():
            compressed[encoding] = beside.read_bytes()
    cache_control = FOR_EVER if path.parent.name == "assets" else FOR_A_DAY
    return ServedFile(
        path.read_bytes(),
        compressed,
        _MEDIA_TYPES[path.suffix],
        None if path.name == "index.html" else cache_control,
    )


def _response(found: ServedFile, accepted: str) -> Response:
    headers = {"Content-Security-Policy": POLICY, "Vary": "Accept-Encoding"}
    if found.cache_control is not None:
        headers["Cache-Control"] = found.cache_control
    response = partial(Response, headers=headers, media_type=found.media_type)
    for encoding in _understood(accepted):
        if encoding in found.compressed:
            headers["Content-Encoding"] = encoding
            return response(found.compressed[encoding])
    return response(found.content)


def _understood(accepted: str) -> list[str]:
    """Encodings that a client accepts, as we like them: the smallest first."""
    named = set()
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            named.add(name.strip())
    return [encoding for encoding, _ in _ENCODINGS if encoding in named]
