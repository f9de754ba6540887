"""A real OpenID provider, Canaille, for one browser test: `python openid.py REDIRECT_URL EMAIL`.

It knows one client and one person. Prints both as a line of JSON and serves until it is ended.
"""

from __future__ import annotations

import json
import socket
import sys

from canaille import create_app
from canaille.backends import Backend
from pytest_iam import Server

from tests.support.canaille import PASSWORD, Canaille, settings_at


def main(redirect_url: str, email: str) -> None:
    """Serve on a port of its own."""
    with socket.create_server(("localhost", 0)) as probe:
        port = probe.getsockname()[1]
    app = create_app(config=settings_at(port))
    provider = Canaille(Server(app, port, Backend.instance))
    with app.app_context():
        client_id, client_secret = provider.client(redirect_url)
        person = provider.person(email)
    told = {
        "issuer": provider.issuer,
        "clientId": client_id,
        "clientSecret": client_secret,
        "login": person.name,
        "password": PASSWORD,
    }
    print(json.dumps(told), flush=True)
    provider.server.httpd.serve_forever()


main(*sys.argv[1:])
