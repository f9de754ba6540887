"""What the rules are sent to: this server, one that answers everything alike, or one of yours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from domain.commands import RevokeScimCredential
from domain.ids import UUID
from tests.conformance.client import SCIM_JSON, Client
from tests.support import factories
from tests.support.house import House
from tests.support.http_server import Handler, serving


def client_of(house: House) -> Client:
    """A client of a new organization of the house."""
    made = house.resident(sealed=False)

    def revoke_key() -> None:
        credential_id = UUID(hex=made.key.split("_")[1])
        house.blocking.run(
            house.blocking.app.execute(
                RevokeScimCredential(made.organization_id, credential_id), factories.SYSTEM
            )
        )

    def stored_after(requests: int) -> str:
        made.requests(requests)
        return repr(made.contents())

    return Client(
        made.base,
        made.key,
        neighbour=lambda: client_of(house),
        revoke_key=revoke_key,
        stored_after=stored_after,
        server_log=house.server.log.read_text,
    )


class _Hollow(Handler):
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        """Answer 200 and {} whatever was asked."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        self.body()
        body = b"" if self.command == "HEAD" else b"{}"
        # In one piece: the second of two small ones would wait for the client's acknowledgement.
        self.wfile.write(_ANSWER + body)


_ANSWER = (
    b"HTTP/1.1 200 OK\r\n"
    b"Content-Type: %s\r\n"
    b"Content-Length: 2\r\n\r\n" % SCIM_JSON.encode()
)  # fmt: skip


@contextmanager
def hollow_server() -> Iterator[str]:
    """A server that answers every request with `200 {}`; its base URL."""
    with serving(_Hollow) as url:
        yield f"{url}/v2/00000000-0000-7000-8000-000000000001"
