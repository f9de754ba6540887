"""The people of the handshake's story: whom the provider reports, and what happens to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.ids import UUID
from graphql_schema.ids import Kind, make_id
from tests.e2e.people import Home, Mailbox, ask, data
from tests.e2e.wire import Wire
from tests.support.database import DatabaseFactory
from tests.support.house import House, open_house
from tests.support.mail_server import CERTIFICATE, Letter, MailServer, server_tls

__all__ = ["story"]

CREW = [f"sailor{number:02}.tide@crew.example" for number in range(15)]
GUESTS = [f"guest{number}.ashore@visitors.example" for number in range(3)]
TRAINEES = [f"trainee{number}.tide@crew.example" for number in range(2)]
"""Of the right domain, and in no group that the policy names."""
LEFT = GUESTS + TRAINEES
EVERYBODY = CREW + LEFT
BY_SSO = CREW[-1]

LOGIN = ("harbour-mail", "what the mail server is told")
MEMBERS = """
query ($id: ID!) { organization(by: {id: $id}) { members(first: 100) {
  nodes { id scimId email status keyState } } } }
"""


@dataclass(slots=True)
class Story:
    """Everything that happens in, and every secret that was ever made on the way."""

    house: House
    mailbox: Mailbox
    folder: Path
    owner: Home
    made: dict[str, Any]
    secrets: dict[str, bytes] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    """SCIM ids by address."""

    @property
    def organization_id(self) -> UUID:
        return UUID(self.made["organizationId"])

    @property
    def org(self) -> str:
        return make_id(Kind.ORGANIZATION, None, self.organization_id)

    def home(self, email: str) -> Home:
        name = email.partition("@")[0]
        return Home(self.house.server, self.folder / name, email, f"the passphrase of {name}")

    def members(self) -> dict[str, Any]:
        token = f"Bearer {self.made['accessToken']}"
        asked = ask(self.house.server, MEMBERS, {"id": self.org}, authorization=token)
        nodes = data(asked)["organization"]["members"]["nodes"]
        return {node["email"]: node for node in nodes}

    def letters(self, subject: str) -> list[Letter]:
        """What came with a subject that begins so."""
        letters = self.mailbox.server.letters
        return [each for each in letters if str(each.content["subject"]).startswith(subject)]

    def wire(self, client: httpx.Client) -> Wire:
        headers = {
            "Authorization": f"Bearer {self.made['scimApiKey']}",
            "User-Agent": "Okta SCIM Client 1.0.0",
            "Accept": "application/scim+json",
        }
        return Wire(client, f"{self.house.server.url}/v2/{self.organization_id}", headers)


@pytest.fixture
def story(database_factory: DatabaseFactory, worker_id: str, tmp_path: Path) -> Iterator[Story]:
    """An organization whose owner has made its key, on a server that says all it can in its log."""
    database = database_factory.clone(f"e2e_handshake_{worker_id}")
    with MailServer(tls=server_tls(), login=LOGIN) as mail:
        env = {
            "ROLLCALL_SMTP_HOST": "localhost",
            "ROLLCALL_SMTP_PORT": str(mail.port),
            "ROLLCALL_SMTP_SECURITY": "starttls",
            "ROLLCALL_SMTP_USERNAME": LOGIN[0],
            "ROLLCALL_SMTP_PASSWORD": LOGIN[1],
            "SSL_CERT_FILE": str(CERTIFICATE),
            "ROLLCALL_LOG_LEVEL": "debug",
            "ROLLCALL_LOG_FORMAT": "json",
        }
        with open_house(database, env=env) as house:
            email = "olga.harbour@crew.example"
            made = house.server.init("Harbour", email)
            owner = Home(house.server, tmp_path / "owner", email, "the passphrase of the owner")
            story = Story(house, Mailbox(mail), tmp_path, owner, made)
            story.secrets["password at the mail server"] = LOGIN[1].encode()
            yield story
