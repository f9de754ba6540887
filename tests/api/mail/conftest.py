"""Fixtures of the mail tests: an application on a database of its own, where only we send."""

import ssl
from collections.abc import AsyncIterator, Iterator

import pytest

from api.mail.smtp import SmtpServer
from api.settings import SmtpSecurity
from domain.application import Application
from domain.ids import UUID
from tests.api.mail.desk import FROM, Desk
from tests.support import factories
from tests.support import mail_server as mail_servers
from tests.support.database import DatabaseFactory
from tests.support.mail_server import CERTIFICATE, MailServer


@pytest.fixture(scope="module")
def own_database_url(database_factory: DatabaseFactory, worker_id: str) -> str:
    """A database in which no other test queues mail."""
    return database_factory.clone(f"mail_{worker_id}").server_url


@pytest.fixture
async def app(own_database_url: str) -> AsyncIterator[Application]:
    """An application on that database, whose outboxes are empty."""
    made = await factories.application(own_database_url, size=4)
    await made.pool.execute("UPDATE invitations SET state = 'CANCELLED'")
    await made.pool.execute("UPDATE members SET stage = 'INVITED' WHERE stage = 'ACCEPTED'")
    for table in ("mails", "sign_in_links"):
        await made.pool.execute(f"DELETE FROM {table}")
    yield made
    await made.pool.close()


@pytest.fixture
async def organization_id(app: Application) -> UUID:
    """The organization that invites."""
    return await factories.organization(app, "Köttbullar & Söhne")


@pytest.fixture(scope="session")
def server_tls() -> ssl.SSLContext:
    """TLS of a mail server called localhost."""
    return mail_servers.server_tls()


@pytest.fixture(scope="session")
def client_tls() -> ssl.SSLContext:
    """TLS of a client that trusts that mail server."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def desk(app: Application, organization_id: UUID, mail_server: MailServer) -> Desk:
    server = SmtpServer("127.0.0.1", port=mail_server.port, security=SmtpSecurity.NONE, sender=FROM)
    return Desk(app, organization_id, server, [])
