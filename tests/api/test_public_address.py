"""What `rollcall doctor` finds at the public address: this deployment, another, or else what."""

from __future__ import annotations

import json
from pathlib import Path
from socket import create_server
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api.deployment_secret import deployment_secret
from api.public_address import Answer, Reached, ask, is_proof, proof_of
from api.runtime import Runtime
from tests.support.http_server import Handler, serving
from tests.support.server import RunningServer, free_port, running_server

CERTIFICATE = Path(__file__).parents[1] / "support" / "localhost.pem"
OURS, THEIRS = b"o" * 32, b"t" * 32


def tls() -> SSLContext:
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def answering(status: int, content: bytes, headers: dict[str, str] | None = None) -> type[Handler]:
    class Answering(Handler):
        def get(self) -> None:
            self.answer(status, content, headers)

    return Answering


def rollcall(secret: bytes) -> type[Handler]:
    """A server of a deployment with that secret, as far as /alive goes."""

    class Alive(Handler):
        def get(self) -> None:
            (proof,) = parse_qs(urlsplit(self.path).query)["deployment"]
            state = {"status": "alive", "sameDeployment": is_proof(proof, secret)}
            self.answer(200, json.dumps(state).encode())

    return Alive


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        (rollcall(OURS), Answer(Reached.THIS)),
        (rollcall(THEIRS), Answer(Reached.OTHER_ROLLCALL)),
        (answering(200, b'{"status":"alive"}'), Answer(Reached.OTHER_ROLLCALL)),
        (
            answering(200, b"<html>"),
            Answer(Reached.SOMETHING_ELSE, "it answers 200 to /alive"),
        ),
        (answering(200, b"[]"), Answer(Reached.SOMETHING_ELSE, "it answers 200 to /alive")),
        (answering(404, b"{}"), Answer(Reached.SOMETHING_ELSE, "it answers 404 to /alive")),
        (
            answering(308, b"", {"location": "https://www.example.com/alive?deployment=x"}),
            Answer(Reached.SOMETHING_ELSE, "it leads on to https://www.example.com/alive"),
        ),
        (answering(502, b"<html>"), Answer(Reached.NOBODY, "a proxy answers 502")),
    ],
)
async def test_who_answers_is_told_apart(handler: type[Handler], expected: Answer) -> None:
    with serving(handler) as url:
        assert await ask(url, OURS) == expected


async def test_without_a_secret_any_rollcall_does() -> None:
    with serving(answering(200, b'{"status":"alive"}')) as url:
        assert await ask(url, None) == Answer(Reached.THIS)


async def test_nobody_is_there() -> None:
    assert await ask(f"http://127.0.0.1:{free_port()}", OURS) == Answer(
        Reached.NOBODY, "ConnectError"
    )


async def test_nobody_answers_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.public_address.WITHIN_S", 0.2)
    with create_server(("127.0.0.1", 0)) as silent:
        answer = await ask(f"http://127.0.0.1:{silent.getsockname()[1]}", OURS)

    assert answer == Answer(Reached.NOBODY, "no answer within 0.2 s")


async def test_a_certificate_must_be_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(rollcall(OURS), tls()) as url:
        assert await ask(url, OURS) == Answer(Reached.NO_TRUST, "self-signed certificate")

        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        assert await ask(url, OURS) == Answer(Reached.THIS)

    with serving(rollcall(OURS)) as url:
        plain = await ask(url.replace("http:", "https:"), OURS)
        assert plain.reached is Reached.NO_TRUST
        assert plain.seen.startswith("no TLS: ")


def test_a_proof_is_of_its_secret_alone() -> None:
    proof = proof_of(OURS)

    assert is_proof(proof, OURS)
    assert not is_proof(proof, THEIRS)
    assert not is_proof(proof[1:], OURS)
    assert proof_of(OURS) != proof
    for other in ("", ".", "x", "ü.ü", proof.upper()):
        assert not is_proof(other, OURS)


async def test_a_server_says_whether_it_has_the_secret_and_never_makes_a_proof(
    client: httpx.AsyncClient, runtime: Runtime
) -> None:
    ours = proof_of(deployment_secret(runtime.settings))

    for proof, same in ((ours, True), (proof_of(THEIRS), False), ("", False)):
        answer = await client.get("/alive", params={"deployment": proof})
        assert answer.json() == {"status": "alive", "sameDeployment": same}


def public_url(server: RunningServer, **settings: str) -> tuple[str, str]:
    environment = server.environment | settings
    done = RunningServer(
        server.url, server.folder, environment, server.process, server.log
    ).rollcall("doctor", "--json")
    (row,) = (row for row in json.loads(done.stdout) if row["what"] == "public URL")
    return row["health"], row["text"]


def test_a_real_server_is_known_again(data_dir: Path) -> None:
    with running_server(data_dir) as server:
        health, text = public_url(server)
        assert health == "advice"
        assert text.startswith(f"{server.url}: this Rollcall answers there. Providers in the cloud")
        health, text = public_url(server, ROLLCALL_SECRET_KEY="another" * 6)
        assert health == "broken"
        assert "with another secret key than this command has" in text

    health, text = public_url(server)
    assert health == "advice"
    assert "nobody answers from here (ConnectError). Start the server" in text
