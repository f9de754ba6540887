"""The web console's files as the server hands them out."""

from collections.abc import AsyncIterator
from gzip import compress
from pathlib import Path

import httpx
import pytest

from api.console import FOR_A_DAY, FOR_EVER, POLICY, Console, read_console

SCRIPT = b"console.log('hello')" * 20


@pytest.fixture
def built(tmp_path: Path) -> Console:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Rollcall</title>")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "assets" / "index-1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "index-1a2b.js.gz").write_bytes(compress(SCRIPT))
    (tmp_path / "assets" / "index-1a2b.js.br").write_bytes(b"as brotli")
    console = read_console(tmp_path)
    assert console is not None
    return console


@pytest.fixture
async def client(built: Console) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(built)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


@pytest.mark.parametrize("path", ["/", "/sign-in", "/accept", "/o/acme", "/o/acme/members/mem_1"])
async def test_every_page_is_the_one_page_and_runs_no_script_but_ours(
    client: httpx.AsyncClient, built: Console, path: str
) -> None:
    answer = await client.get(path)

    assert built.answers(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert "cache-control" not in answer.headers  # the server around it says no-store
    assert "<title>Rollcall</title>" in answer.text


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
async def test_files_are_sent_as_they_were_compressed(
    client: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    request = client.build_request("GET", "/assets/index-1a2b.js")
    request.headers["accept-encoding"] = accepted
    answer = await client.send(request, stream=True)
    body = b"".join([part async for part in answer.aiter_raw()])

    assert answer.headers.get("content-encoding") == encoding
    assert body == {"br": b"as brotli", "gzip": compress(SCRIPT), None: SCRIPT}[encoding]
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == FOR_EVER


async def test_what_has_no_hash_in_its_name_is_asked_for_again(client: httpx.AsyncClient) -> None:
    answer = await client.get("/favicon.svg")

    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == FOR_A_DAY


async def test_a_file_of_another_build_is_missing(
    client: httpx.AsyncClient, built: Console
) -> None:
    answer = await client.get("/assets/index-0000.js")

    assert built.answers("/assets/index-0000.js")
    assert answer.status_code == 404


async def test_pages_are_only_read(client: httpx.AsyncClient) -> None:
    answer = await client.post("/o/acme")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path", ["/graphql", "/ready", "/manifest.json", "/index.html", "/v2/", "/sign-in/oidc/1", "/x"]
)
def test_everything_else_is_left_to_others(built: Console, path: str) -> None:
    assert not built.answers(path)


def test_there_is_no_console_before_it_is_built(tmp_path: Path) -> None:
    assert read_console(tmp_path) is None
